//! The paths that were seen, as a tree: which are there twice, and which folders a new one needs.

use super::{Why, path};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The files and folders so far.
#[derive(Default)]
pub struct Names {
    /// By the folder's number and the name without case.
    nodes: HashMap<(usize, String), Node>,
}

struct Node {
    number: usize,
    name: String,
    is_folder: bool,
    /// Whether an entry named it, and not only a path through it.
    is_listed: bool,
}

impl Names {
    /// How many files and folders there are, with those that only a path names.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Adds a path that was judged; gives the folders that are new with it, outer ones first.
    pub fn add(&mut self, path: &str, is_folder: bool) -> Result<Vec<String>, Why> {
        let (mut above, mut prefix, mut new) = (0, String::new(), Vec::new());
        let mut parts = path.split('/').peekable();
        while let Some(part) = parts.next() {
            let is_last = parts.peek().is_none();
            prefix.push_str(part);
            let number = self.nodes.len() + 1;
            above = match self.nodes.entry((above, path::folded(part))) {
                Entry::Vacant(place) => {
                    let node = Node {
                        number,
                        name: part.to_string(),
                        is_folder: is_folder || !is_last,
                        is_listed: is_last,
                    };
                    if node.is_folder {
                        new.push(prefix.clone());
                    }
                    place.insert(node).number
                }
                Entry::Occupied(mut place) => place.get_mut().meet(part, is_last, is_folder)?,
            };
            prefix.push('/');
        }
        Ok(new)
    }
}

impl Node {
    /// Meets a path that comes here with `part`; gives this node's number when both can be.
    fn meet(&mut self, part: &str, is_last: bool, is_folder: bool) -> Result<usize, Why> {
        if self.name != part {
            return Err(Why::Case);
        }
        if is_last && (self.is_listed || !is_folder) {
            return Err(Why::Duplicate);
        }
        if !self.is_folder {
            return Err(Why::BelowFile);
        }
        self.is_listed |= is_last;
        Ok(self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_folders_come_once_and_outer_ones_first() {
        let mut names = Names::default();
        assert_eq!(names.add("a/b/c", false).unwrap(), ["a", "a/b"]);
        assert_eq!(names.add("a/b", true).unwrap(), [""; 0]);
        assert_eq!(names.add("a/d", true).unwrap(), ["a/d"]);
        assert_eq!(names.add("a/d/e", false).unwrap(), [""; 0]);
        assert_eq!(names.len(), 5);
    }

    #[test]
    fn what_meets_is_refused() {
        for (first, second, why) in [
            (("a", false), ("a", false), Why::Duplicate),
            (("a", true), ("a", true), Why::Duplicate),
            (("a", true), ("a", false), Why::Duplicate),
            (("a", false), ("a", true), Why::Duplicate),
            (("a/b", false), ("a", false), Why::Duplicate),
            (("a", false), ("a/b", false), Why::BelowFile),
            (("a", false), ("A", false), Why::Case),
            (("a/b", false), ("A/c", false), Why::Case),
            (("straße", false), ("STRASSE", false), Why::Case),
            (("ſ", false), ("s", false), Why::Case),
        ] {
            let mut names = Names::default();
            names.add(first.0, first.1).unwrap();
            assert_eq!(names.add(second.0, second.1), Err(why), "{first:?} {second:?}");
        }
    }
}
