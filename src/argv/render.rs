//! From items to words: the inverse of parsing.

use super::{Argv, Carrier, Item, Token};
use std::ffi::OsString;

impl Argv {
    /// The words of all items, each spelled as it came.
    pub fn render(&self) -> Vec<OsString> {
        render(&self.items)
    }
}

impl Item {
    /// The words of this item alone.
    pub fn words(&self) -> Vec<OsString> {
        render(std::slice::from_ref(self))
    }
}

fn render(items: &[Item]) -> Vec<OsString> {
    let mut words: Vec<OsString> = Vec::with_capacity(items.len());
    let mut open = None;
    for Token { text, carrier } in items.iter().flat_map(|item| &item.tokens) {
        match carrier {
            Carrier::Comma(group) if open == Some(*group) => {
                let word = words.last_mut().expect("an open group has a word");
                word.push(",");
                word.push(text);
                continue;
            }
            Carrier::Comma(group) => {
                let mut word = OsString::from("-Wl,");
                word.push(text);
                words.push(word);
                open = Some(*group);
                continue;
            }
            Carrier::Xlinker => words.extend(["-Xlinker".into(), text.clone()]),
            Carrier::Driver => words.push(text.clone()),
        }
        open = None;
    }
    words
}
