//! What a build, or a program that died, has printed: explained without having seen it fail.

use super::explain;
use super::phrase::{self, Caller};
use crate::exit::OwnExit;
use crate::failure::Failure;
use crate::target::Target;

/// What the text means; none where nothing in it is known. What cgozig has said in it already counts first.
pub fn told(text: &str, target: Target) -> Option<Failure> {
    own(text).or_else(|| phrase::explain(text, Caller::Others)).or_else(|| explain(text, target))
}

/// The first failure that cgozig has told in the text.
fn own(text: &str) -> Option<Failure> {
    let mut lines = text.lines();
    let what = lines.find_map(|line| Some(line.split_once("cgozig: could not ")?.1))?;
    let hint = lines.next().and_then(|line| line.split_once("hint: ")).map_or("", |(_, hint)| hint);
    Some(Failure::new(OwnExit::Request, what, hint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::go::Wishes;

    #[test]
    fn own_words_come_before_others() {
        let target =
            Wishes { argv: Some("linux/arm64"), name: None, variable: &|_| None, host: ("linux", "amd64") };
        let target = target.settle().unwrap();
        let text = "ld.lld: error: undefined symbol: f\ncgozig: could not link: x\nhint: y\n";
        let failure = told(text, target).unwrap();
        assert_eq!((failure.what.as_str(), failure.hint.as_str()), ("link: x", "y"));
        let plain = told("ld.lld: error: undefined symbol: deflate\n", target).unwrap();
        assert!(plain.hint.contains("-lz"));
        assert_eq!(told("all is well\n", target), None);
        let gcc = told("x.c:1:10: fatal error: windows.h: No such file or directory\n", target).unwrap();
        assert!(gcc.what.contains("gcc was asked") && gcc.hint.contains("CXX=cgozig-c++"), "{gcc:?}");
        let foreign = told("ld.lld: error: /t/1.o is incompatible with aarch64linux\n", target).unwrap();
        assert!(foreign.what.contains("for another target") && foreign.hint.contains("both"), "{foreign:?}");
        let file = told("ld.lld: error: unable to find library -l:libx.a\n", target).unwrap();
        assert!(file.hint.contains("folder of a libx.a for"), "{file:?}");
    }
}
