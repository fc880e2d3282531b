//! What zig and its linkers print when a link fails.
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
//! ```

/// What is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Names that nothing defines, each once.
    pub undefined: Vec<Lack>,
    /// Values of `-l` that were not found.
    pub libraries: Vec<String>,
}

/// A name that nothing defines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// As the object has it; C++ is shown as it is written.
    pub name: String,
    /// The object, or the archive's member, that needs it first.
    pub by: Option<String>,
}

/// Between `error: undefined ` and the name; a hidden one was declared so.
const UNDEFINED: &[&str] =
    &["error: undefined symbol: ", "error: undefined hidden symbol: ", "error: undefined protected symbol: "];
/// zig's driver, and lld for `-l:`.
const NO_LIBRARY: &[(&str, char)] = &[("system library '", '\''), ("unable to find library -l", ' ')];

/// More than this is not looked at.
const LINES: usize = 20_000;

impl Said {
    /// Reads what was printed.
    pub fn read(printed: &str) -> Said {
        let mut said = Said::default();
        for line in printed.lines().take(LINES) {
            if let Some((_, name)) = UNDEFINED.iter().find_map(|start| line.split_once(start)) {
                let name = name.trim().to_string();
                if said.undefined.iter().all(|lack| lack.name != name) {
                    said.undefined.push(Lack { name, by: None });
                }
            } else if let (Some(by), Some(lack)) = (place(line), said.undefined.last_mut()) {
                lack.by.get_or_insert(by);
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

/// The object of a line that says who needs a name: `go.o` of `/tmp/x/go.o:(main)`, `b.o in libx.a` of `libx.a(b.o)` and
/// `b.o:(f) in archive /path/libx.a`.
fn place(line: &str) -> Option<String> {
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
        return Some(format!("{} in {}", file(object), file(archive.trim())));
    }
    let object = rest.split(":(").next().unwrap_or(rest);
    // zig's own linker writes a name behind the object.
    let object = object.rsplit_once(":_").map_or(object, |(object, _)| object);
    match file(object).strip_suffix(')').and_then(|member| member.split_once('(')) {
        Some((archive, member)) => Some(format!("{member} in {archive}")),
        None => Some(plain(file(object))),
    }
}

/// Go numbers the objects of its packages.
fn plain(object: String) -> String {
    let is_numbered =
        object.strip_suffix(".o").is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
    if is_numbered { "the Go package".into() } else { object }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lack(name: &str, by: Option<&str>) -> Lack {
        Lack { name: name.into(), by: by.map(String::from) }
    }

    #[test]
    fn names_are_read_with_who_needs_them() {
        let elf = "ld.lld: error: undefined symbol: f\n>>> referenced by a.c:1 (/src/a.c:1)\n>>>               /w/a.o:(main)\n\n\
                   ld.lld: error: undefined symbol: g(int)\n>>> referenced by b.c\n>>>               b.o:(h) in archive /l/libb.a\n\
                   >>> did you mean: k\n";
        let said = Said::read(elf);
        assert_eq!(said.undefined, [lack("f", Some("a.o")), lack("g(int)", Some("b.o in libb.a"))]);
        let apple = "error: undefined symbol: _f\n    note: referenced by /w/a.o:_main\nerror: undefined symbol: _g\n    \
                     note: referenced by /l/libb.a(b.o):_h\n";
        let said = Said::read(apple);
        assert_eq!(said.undefined, [lack("_f", Some("a.o")), lack("_g", Some("b.o in libb.a"))]);
        let coff =
            "lld-link: error: undefined symbol: __declspec(dllimport) f\n>>> referenced by C:\\src\\a.c:1\n";
        assert_eq!(Said::read(coff).undefined[0].name, "__declspec(dllimport) f");
    }

    #[test]
    fn libraries_are_read() {
        let said = Said::read(
            "error: unable to find dynamic system library 'foo' using strategy 'paths_first'. searched paths:\n  ./libfoo.so\n",
        );
        assert_eq!(said.libraries, ["foo"]);
        assert_eq!(Said::read("ld.lld: error: unable to find library -l:libx.a\n").libraries, [":libx.a"]);
        let hidden = Said::read("ld.lld: error: undefined hidden symbol: f\n");
        assert_eq!(hidden.undefined, [lack("f", None)]);
        assert_eq!(Said::read("warning: nothing\nerror: other\n"), Said::default());
    }
}
