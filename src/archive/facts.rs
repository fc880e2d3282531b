//! Reads a file as a linker would meet it: archive, object, library, or nothing of the kind; whose objects it holds, and
//! which telling names they need.
//!
//! The file may be hostile. Every member is read once, names are read within a budget, and kinds of objects are
//! counted up to a limit, so that the time is bounded by the size.

use super::clues::Clue;
use super::magic::Magic;
use super::object_file::{self, Head, Symbol};
use super::runtime::Runtime;
use object::read::archive::ArchiveFile;
use object::read::macho::{FatArch, MachOFatFile32, MachOFatFile64};
use object::{FileKind, ObjectKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What is known of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// What it is.
    pub form: Form,
    /// Its objects, those of one kind together.
    pub kinds: Vec<Kind>,
    /// How many members wait for link-time optimization: LLVM's bitcode, gcc's and Microsoft's likewise, and no machine
    /// code.
    pub unfinished: u32,
    /// How many members are archives.
    pub archives: u32,
    /// How many members are anything else.
    pub others: u32,
    /// What could not be read, with the member's name.
    pub damage: Option<String>,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// No bytes.
    Empty,
    /// An archive with its members.
    Archive,
    /// An archive of names of files.
    Thin,
    /// Mach-O archives or objects for several processors.
    Fat,
    /// One object.
    Object,
    /// A shared library.
    Shared,
    /// A program.
    Program,
    /// Text.
    Text,
    /// Nothing that a linker reads.
    Other,
}

/// Objects of one format for one processor and system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kind {
    /// Format, processor, system.
    pub head: Head,
    /// How many.
    pub count: u32,
    /// The telling names that they need and none of them has.
    pub needs: Vec<String>,
    /// The runtimes that they need and do not bring along.
    pub asks: Vec<Runtime>,
    /// The runtimes that they have.
    pub brings: Vec<Runtime>,
}

/// More kinds of objects than this are counted with the last: no real archive has as many.
const KINDS: usize = 16;
/// More slices than this no real file has.
const SLICES: usize = 16;
/// More telling names than this are not kept.
const NEEDS: usize = 500;

/// Reads a file's contents.
pub fn read(data: &[u8]) -> Facts {
    let mut reader = Reader::new(data.len());
    let form = reader.file(data);
    reader.finish(form)
}

#[derive(Debug)]
struct Reader<'d> {
    kinds: Vec<Seen<'d>>,
    unfinished: u32,
    archives: u32,
    others: u32,
    damage: Option<String>,
    /// How many bytes of names may still be read. Names share their ends, and hostile ones everything.
    budget: u64,
}

#[derive(Debug)]
struct Seen<'d> {
    head: Head,
    count: u32,
    needs: BTreeSet<&'d [u8]>,
    has: BTreeSet<&'d [u8]>,
    asks: BTreeSet<Runtime>,
    brings: BTreeSet<Runtime>,
}

impl<'d> Seen<'d> {
    fn of(head: Head) -> Seen<'d> {
        let (needs, has) = (BTreeSet::new(), BTreeSet::new());
        Seen { head, count: 0, needs, has, asks: BTreeSet::new(), brings: BTreeSet::new() }
    }

    /// Keeps what a name tells.
    fn name(&mut self, symbol: Symbol<'d>) {
        match symbol {
            Symbol::Needs(name) => {
                self.asks.extend(Runtime::asked(name));
                self.needs.extend(Clue::of(name).map(|_| name));
            }
            Symbol::Has(name) => {
                self.brings.extend(Runtime::brought(name));
                self.has.extend(Clue::of(name).map(|_| name));
            }
        }
    }
}

impl<'d> Reader<'d> {
    fn new(size: usize) -> Reader<'d> {
        let budget = (size as u64).saturating_mul(8) + (1 << 20);
        Reader { kinds: Vec::new(), unfinished: 0, archives: 0, others: 0, damage: None, budget }
    }

    fn file(&mut self, data: &'d [u8]) -> Form {
        match Magic::of(data) {
            Magic::Empty => Form::Empty,
            Magic::Thin => Form::Thin,
            Magic::Text => Form::Text,
            Magic::Archive => {
                self.archive(data);
                Form::Archive
            }
            Magic::Fat => self.fat(data),
            Magic::Bitcode | Magic::CoffUnfinished => {
                self.unfinished += 1;
                Form::Object
            }
            Magic::Pe => object_file::pe(data).map_or(Form::Other, |(head, library)| {
                self.seen(head);
                if library { Form::Shared } else { Form::Program }
            }),
            Magic::Elf | Magic::MachO | Magic::Coff | Magic::CoffImport => match self.object(data) {
                Ok(ObjectKind::Dynamic) => Form::Shared,
                Ok(ObjectKind::Executable | ObjectKind::Core) => Form::Program,
                Ok(_) => Form::Object,
                Err(why) => {
                    self.damage.get_or_insert(why);
                    Form::Object
                }
            },
            Magic::Other => Form::Other,
        }
    }

    fn archive(&mut self, data: &'d [u8]) {
        let members = match ArchiveFile::parse(data) {
            Ok(archive) => archive.members(),
            Err(error) => {
                self.damage.get_or_insert(error.to_string());
                return;
            }
        };
        let mut last = String::new();
        for member in members {
            let contents = member.and_then(|member| Ok((member.name(), member.data(data)?)));
            let read = contents.map_err(|error| error.to_string()).and_then(|(name, contents)| {
                spend(&mut self.budget, name)?;
                last = shown(name);
                self.member(name, contents);
                Ok(())
            });
            if let Err(why) = read {
                let place = if last.is_empty() { "at its start".into() } else { format!("after {last}") };
                self.damage.get_or_insert(format!("{place}: {why}"));
                return;
            }
        }
    }

    fn member(&mut self, name: &[u8], data: &'d [u8]) {
        // Tables that do not come first, and Rust's own information, which some of its versions wrap in an object.
        let is_table = matches!(name, b"/" | b"//" | b"/SYM64/") || name.starts_with(b"/<");
        if is_table || name.starts_with(b"__.SYMDEF") || name.ends_with(b".rmeta") {
            return;
        }
        match Magic::of(data) {
            magic @ (Magic::Elf | Magic::MachO | Magic::Coff | Magic::CoffImport) => {
                match self.object(data) {
                    Ok(_) => {}
                    // Two bytes are a weak promise: it may be anything.
                    Err(_) if magic == Magic::Coff => self.others += 1,
                    Err(why) => {
                        self.damage.get_or_insert(format!("in {}: {why}", shown(name)));
                    }
                }
            }
            Magic::Bitcode | Magic::CoffUnfinished => self.unfinished += 1,
            Magic::Archive | Magic::Thin => self.archives += 1,
            _ => self.others += 1,
        }
    }

    fn fat(&mut self, data: &'d [u8]) -> Form {
        let slices = match FileKind::parse(data) {
            Ok(FileKind::MachOFat32) => MachOFatFile32::parse(data).map(|file| contents(file.arches(), data)),
            _ => MachOFatFile64::parse(data).map(|file| contents(file.arches(), data)),
        };
        // A Java class begins likewise.
        let Some(slices) = slices.ok().filter(|slices| slices.len() <= SLICES) else { return Form::Other };
        let mut form = Form::Fat;
        for slice in slices {
            match slice.map(|slice| (slice, Magic::of(slice))) {
                Ok((slice, Magic::Archive)) => self.archive(slice),
                Ok((slice, Magic::MachO)) => form = self.file(slice),
                Ok(_) => self.others += 1,
                Err(why) => {
                    self.damage.get_or_insert(why);
                }
            }
        }
        if form == Form::Object { Form::Fat } else { form }
    }

    /// Reads an object, and the telling names in it.
    fn object(&mut self, data: &'d [u8]) -> Result<ObjectKind, String> {
        let file = object_file::parse(data)?;
        let mut own = Seen::of(file.head.clone());
        let mut is_unfinished = false;
        file.symbols(&mut |symbol| {
            let (Symbol::Needs(name) | Symbol::Has(name)) = symbol;
            spend(&mut self.budget, name)?;
            is_unfinished |= name == b"__gnu_lto_slim";
            own.name(symbol);
            Ok(())
        })?;
        if is_unfinished {
            self.unfinished += 1;
            return Ok(ObjectKind::Relocatable);
        }
        let kind = file.kind();
        let seen = self.seen(file.head);
        // A shared library brings what it needs along.
        if kind == ObjectKind::Relocatable || kind == ObjectKind::Unknown {
            seen.needs.append(&mut own.needs);
            seen.has.append(&mut own.has);
            seen.asks.append(&mut own.asks);
            seen.brings.append(&mut own.brings);
        }
        Ok(kind)
    }

    /// Counts an object.
    fn seen(&mut self, head: Head) -> &mut Seen<'d> {
        let known = self.kinds.iter().position(|seen| seen.head == head);
        let at = known.unwrap_or_else(|| {
            if self.kinds.len() < KINDS {
                self.kinds.push(Seen::of(head));
            }
            self.kinds.len() - 1
        });
        let seen = &mut self.kinds[at];
        seen.count += 1;
        seen
    }

    fn finish(self, form: Form) -> Facts {
        let kind = |seen: Seen| Kind {
            head: seen.head,
            count: seen.count,
            needs: seen.needs.difference(&seen.has).take(NEEDS).map(|name| lossy(name)).collect(),
            asks: seen.asks.difference(&seen.brings).copied().collect(),
            brings: seen.brings.into_iter().collect(),
        };
        Facts {
            form,
            kinds: self.kinds.into_iter().map(kind).collect(),
            unfinished: self.unfinished,
            archives: self.archives,
            others: self.others,
            damage: self.damage,
        }
    }
}

/// Takes the cost of reading a name from the budget.
fn spend(budget: &mut u64, name: &[u8]) -> Result<(), String> {
    *budget = budget.checked_sub(name.len() as u64 + 1).ok_or("its names overlap")?;
    Ok(())
}

fn contents<'d>(slices: &[impl FatArch], data: &'d [u8]) -> Vec<Result<&'d [u8], String>> {
    slices.iter().map(|slice| slice.data(data).map_err(|error| error.to_string())).collect()
}

fn lossy(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// A member's name for a message.
fn shown(name: &[u8]) -> String {
    let text: String =
        lossy(name).chars().take(100).map(|letter| if letter.is_control() { '?' } else { letter }).collect();
    format!("member `{text}`")
}
