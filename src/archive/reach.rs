//! Which names a whole link misses: objects come in as linkers take them, and what they need is looked for everywhere.
//!
//! Whatever is left out here makes less come in, so that nothing is refused for it: the start of a program, `-u`.

use super::magic::Magic;
use super::object_file::{self, Symbol};
use object::ObjectKind;
use object::read::archive::ArchiveFile;
use std::collections::{HashMap, HashSet};

/// The names that objects need and nothing in the link has; `None` when a file could not be read and may have anything.
/// Without any object of its own everything comes in.
pub fn missing(files: &[&[u8]]) -> Option<HashSet<String>> {
    let mut link = Link::default();
    for data in files {
        link.file(data)?;
    }
    if link.wanted.is_empty() && link.had.is_empty() {
        link.come_in(0..link.members.len());
    }
    while let Some(name) = link.wanted.pop() {
        if link.had.contains(name) || !link.asked.insert(name) {
            continue;
        }
        if let Some(member) = link.offers.get(name).copied() {
            link.come_in(member..member + 1);
        }
    }
    let Link { asked, had, .. } = link;
    Some(asked.difference(&had).map(|name| String::from_utf8_lossy(name).into_owned()).collect())
}

#[derive(Default)]
struct Link<'d> {
    /// Members of archives: what each needs and has.
    members: Vec<Names<'d>>,
    /// The first member that has a name.
    offers: HashMap<&'d [u8], usize>,
    /// Names that something in the link has.
    had: HashSet<&'d [u8]>,
    /// Names that something in the link needs, not yet looked for.
    wanted: Vec<&'d [u8]>,
    /// Names that were looked for.
    asked: HashSet<&'d [u8]>,
}

#[derive(Default)]
struct Names<'d> {
    needs: Vec<&'d [u8]>,
    has: Vec<&'d [u8]>,
}

impl<'d> Link<'d> {
    fn file(&mut self, data: &'d [u8]) -> Option<()> {
        match Magic::of(data) {
            Magic::Archive => {
                for member in ArchiveFile::parse(data).ok()?.members() {
                    let contents = member.and_then(|member| member.data(data)).ok()?;
                    // Bitcode may have any name; what is no object has none.
                    match Magic::of(contents) {
                        Magic::Bitcode | Magic::CoffUnfinished => return None,
                        Magic::Elf | Magic::MachO | Magic::Coff | Magic::CoffImport => self.member(contents),
                        _ => {}
                    }
                }
                Some(())
            }
            Magic::Elf | Magic::MachO | Magic::Coff | Magic::CoffImport => {
                let (names, kind) = read(data)?;
                // What a shared library needs it brings along.
                if kind != ObjectKind::Dynamic {
                    self.wanted.extend(names.needs);
                }
                self.had.extend(names.has);
                Some(())
            }
            _ => None,
        }
    }

    fn member(&mut self, data: &'d [u8]) {
        let Some((names, _)) = read(data) else { return };
        for name in &names.has {
            self.offers.entry(name).or_insert(self.members.len());
        }
        self.members.push(names);
    }

    fn come_in(&mut self, members: std::ops::Range<usize>) {
        for member in members {
            let names = std::mem::take(&mut self.members[member]);
            self.had.extend(names.has);
            self.wanted.extend(names.needs);
        }
    }
}

fn read(data: &[u8]) -> Option<(Names<'_>, ObjectKind)> {
    let file = object_file::parse(data).ok()?;
    let mut names = Names::default();
    let read = file.symbols(&mut |symbol| {
        match symbol {
            Symbol::Needs(name) => names.needs.push(name),
            Symbol::Has(name) => names.has.push(name),
        }
        Ok(())
    });
    read.ok().map(|()| (names, file.kind()))
}
