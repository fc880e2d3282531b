//! A secret that one host is asked with.

use core::fmt;

/// What goes behind `Authorization: Bearer`. It is shown to nobody, not in a debug format either.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token of visible ASCII; what surrounds it is not part of it.
    pub fn parse(text: &str) -> Option<Token> {
        let text = text.trim();
        let is_one = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_one.then(|| Token(text.into()))
    }

    /// The header's value.
    pub(super) fn header(&self) -> String {
        format!("Bearer {}", self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_fits_into_a_header_is_a_token() {
        assert_eq!(Token::parse(" ghp_x1\n").unwrap().header(), "Bearer ghp_x1");
        for wrong in ["", " ", "a b", "a\nX-Other: b", "a\0", "ü"] {
            assert_eq!(Token::parse(wrong), None, "{wrong:?}");
        }
        assert_eq!(format!("{:?}", Token::parse("canary")), "Some(Token(…))");
    }
}
