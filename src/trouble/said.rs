//! What zig, clang and the linkers print when a call fails.
//!
//! Seen with zig 0.14.1 to 0.17.0:
//!
//! ```text
//! ld.lld: error: undefined symbol: f              ELF
//! >>> referenced by a.c:1 (/src/a.c:1)
//! >>>               /path/a.o:(main)
//! lld-link: error: undefined symbol: f            COFF, likewise
//! error: undefined symbol: _f                     Mach-O, zig's own linker
//!     note: referenced by /path/a.o:_main
//! error: unable to find dynamic system library 'foo' using strategy 'paths_first'. searched paths:
//! ./main.go:3:11: fatal error: 'x.h' file not found
//! ld.lld: error: /path/a.o is incompatible with aarch64linux
//! lld-link: error: a.o: unknown file type; lld-link: error: a.o: machine type arm64 conflicts with x64
//!     note: while parsing a.o                     Mach-O
//! ```

use std::collections::HashSet;

/// What is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Names that nothing defines, each once.
    pub undefined: Vec<Lack>,
    /// Values of `-l` that were not found.
    pub libraries: Vec<String>,
    /// Headers that were not found.
    pub headers: Vec<Header>,
    /// Objects that the linker cannot take.
    pub foreign: Vec<String>,
}

/// A header that was not found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// As it was included.
    pub name: String,
    /// The file that includes it.
    pub by: String,
    /// Whether it was gcc that did not find it.
    pub gcc: bool,
}

/// A name that nothing defines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// As the object has it; C++ is shown as it is written.
    pub name: String,
    /// The object, or the archive's member, that needs it first.
    pub by: Option<String>,
    /// The path of that object.
    pub path: Option<String>,
}

/// Who needs a name that the cgo code of a package calls.
pub const PACKAGE: &str = "the Go package";

/// Between `error: undefined ` and the name; a hidden one was declared so.
const UNDEFINED: &[&str] =
    &["error: undefined symbol: ", "error: undefined hidden symbol: ", "error: undefined protected symbol: "];
/// zig's driver, which 0.17 has quote otherwise, and lld for `-l:`.
const NO_LIBRARY: &[(&str, char)] =
    &[("system library '", '\''), ("system library \"", '"'), ("unable to find library -l", ' ')];

/// Before and behind the path of an object of another kind.
const FOREIGN: &[(&str, &str)] = &[
    ("ld.lld: error: ", " is incompatible with "),
    ("lld-link: error: ", ": unknown file type"),
    ("lld-link: error: ", ": machine type "),
    ("note: while parsing ", ""),
];

/// More than this is not looked at.
const LINES: usize = 20_000;

impl Said {
    /// Reads what was printed.
    pub fn read(printed: &str) -> Said {
        let mut said = Said::default();
        let mut known = HashSet::new();
        for line in printed.lines().take(LINES) {
            if let Some((_, name)) = UNDEFINED.iter().find_map(|start| line.split_once(start)) {
                if known.insert(name.trim()) {
                    said.undefined.push(Lack { name: name.trim().into(), by: None, path: None });
                }
            } else if let (Some((by, path)), Some(lack)) = (place(line), said.undefined.last_mut()) {
                lack.by.get_or_insert(by);
                lack.path.get_or_insert(path);
            } else if let Some(header) = header(line) {
                said.headers.push(header);
            } else if let Some(path) = FOREIGN.iter().find_map(|(start, end)| between(line, start, end)) {
                said.foreign.push(path.into());
            } else if line.contains("unable to find") {
                let name = |(start, end): &(&str, char)| {
                    let (_, rest) = line.split_once(start)?;
                    Some(rest.split(*end).next().unwrap_or(rest).to_string())
                };
                said.libraries.extend(NO_LIBRARY.iter().find_map(name));
            }
        }
        said
    }
}

/// What stands between two pieces of a line; all of the rest when the second is empty.
pub fn between<'l>(line: &'l str, start: &str, end: &str) -> Option<&'l str> {
    let (_, rest) = line.split_once(start)?;
    if end.is_empty() { Some(rest) } else { Some(rest.split_once(end)?.0) }
}

/// A header that clang or gcc has not found. gcc says so of any file (`cc1: fatal error: x.c: No such file or directory`):
/// a header is what a place in another file asks for.
fn header(line: &str) -> Option<Header> {
    let (place, rest) = line.split_once(" fatal error: ")?;
    let by =
        place.trim_end_matches(':').trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == ':');
    if let Some(name) = between(rest, "'", "' file not found") {
        return Some(Header { name: name.into(), by: by.into(), gcc: false });
    }
    let name = rest.strip_suffix(": No such file or directory")?;
    let is_number = |text: Option<&str>| text.is_some_and(|text| text.parse::<u32>().is_ok());
    let mut numbers = place.strip_suffix(':')?.rsplitn(3, ':');
    let is_place = is_number(numbers.next()) && is_number(numbers.next()) && numbers.next().is_some();
    let is_header = is_place && !name.contains(' ');
    is_header.then(|| Header { name: name.into(), by: by.into(), gcc: true })
}

/// The object, and its path, of a line that says who needs a name: `go.o` of `/tmp/x/go.o:(main)`, `b.o in libx.a` of `libx.a(b.o)` and
/// `b.o:(f) in archive /path/libx.a`.
fn place(line: &str) -> Option<(String, String)> {
    let rest = line
        .trim_start()
        .strip_prefix(">>>")
        .or_else(|| line.trim_start().strip_prefix("note: referenced by"))?;
    let rest = rest.trim();
    if rest.starts_with("referenced ") || rest.starts_with("defined ") || rest.starts_with("did you mean") {
        return None;
    }
    let file = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or(path).to_string();
    if let Some((object, archive)) = rest.split_once(" in archive ") {
        let object = object.split(":(").next().unwrap_or(object);
        return Some((format!("{} in {}", file(object), file(archive.trim())), archive.trim().into()));
    }
    let object = rest.split(":(").next().unwrap_or(rest);
    // zig's own linker writes a name behind the object.
    let object = object.rsplit_once(":_").map_or(object, |(object, _)| object);
    let by = match file(object).strip_suffix(')').and_then(|member| member.split_once('(')) {
        Some((archive, member)) => format!("{member} in {archive}"),
        None => match whose(object) {
            Whose::Package => PACKAGE.into(),
            Whose::File(name) => name,
        },
    };
    Some((by, object.into()))
}

/// Whose an object is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// A Go package's: Go numbers these, and calls its own one so.
    Package,
    /// Its own, by its name.
    File(String),
}

/// Whose an object is, by its path.
pub fn whose(path: &str) -> Whose {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let is_numbered =
        name.strip_suffix(".o").is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
    if is_numbered || path.contains("go-link-") { Whose::Package } else { Whose::File(name.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lack(name: &str, by: Option<(&str, &str)>) -> Lack {
        let (by, path) = by.map(|(by, path)| (by.to_string(), path.to_string())).unzip();
        Lack { name: name.into(), by, path }
    }

    #[test]
    fn names_are_read_with_who_needs_them() {
        let elf = "ld.lld: error: undefined symbol: f\n>>> referenced by a.c:1 (/src/a.c:1)\n>>>               /w/a.o:(main)\n\n\
                   ld.lld: error: undefined symbol: g(int)\n>>> referenced by b.c\n>>>               b.o:(h) in archive /l/libb.a\n\
                   >>> did you mean: k\n";
        let said = Said::read(elf);
        assert_eq!(
            said.undefined,
            [lack("f", Some(("a.o", "/w/a.o"))), lack("g(int)", Some(("b.o in libb.a", "/l/libb.a")))]
        );
        let apple = "error: undefined symbol: _f\n    note: referenced by /w/a.o:_main\nerror: undefined symbol: _g\n    \
                     note: referenced by /l/libb.a(b.o):_h\n";
        let said = Said::read(apple);
        assert_eq!(
            said.undefined,
            [lack("_f", Some(("a.o", "/w/a.o"))), lack("_g", Some(("b.o in libb.a", "/l/libb.a(b.o)")))]
        );
        let coff =
            "lld-link: error: undefined symbol: __declspec(dllimport) f\n>>> referenced by C:\\src\\a.c:1\n";
        assert_eq!(Said::read(coff).undefined[0].name, "__declspec(dllimport) f");
    }

    #[test]
    fn headers_and_objects_of_others_are_read() {
        let said = Said::read(
            "./main.go:3:11: fatal error: 'a/b.h' file not found\nx.c:1:10: fatal error: z.h: No such file or directory\n",
        );
        let header = |name: &str, by: &str, gcc| Header { name: name.into(), by: by.into(), gcc };
        assert_eq!(said.headers, [header("a/b.h", "./main.go", false), header("z.h", "x.c", true)]);
        let none = Said::read("cc1: fatal error: x.c: No such file or directory\n");
        assert_eq!(none, Said::default());
        let said = Said::read(
            "ld.lld: error: /t/1.o is incompatible with aarch64linux\nlld-link: error: g.o: unknown file type\n\
             lld-link: error: h.o: machine type arm64 conflicts with x64\nerror: x\n    note: while parsing i.o\n",
        );
        assert_eq!(said.foreign, ["/t/1.o", "g.o", "h.o", "i.o"]);
    }

    #[test]
    fn libraries_are_read() {
        let said = Said::read(
            "error: unable to find dynamic system library 'foo' using strategy 'paths_first'. searched paths:\n  ./libfoo.so\n",
        );
        assert_eq!(said.libraries, ["foo"]);
        let newer = "error: unable to find dynamic system library \"foo\" using strategy paths_first. searched paths: none\n";
        assert_eq!(Said::read(newer).libraries, ["foo"]);
        assert_eq!(Said::read("ld.lld: error: unable to find library -l:libx.a\n").libraries, [":libx.a"]);
        let hidden = Said::read("ld.lld: error: undefined hidden symbol: f\n");
        assert_eq!(hidden.undefined, [lack("f", None)]);
        assert_eq!(Said::read("warning: nothing\nerror: other\n"), Said::default());
    }
}
