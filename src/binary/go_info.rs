//! What Go writes into what it builds: its version, the main package, the settings.
//!
//! Source: Go's `debug/buildinfo` and `runtime/debug`: 32 bytes that begin with a text that no other has, then two strings with
//! their lengths; the second is lines between marks of 16 bytes. Before Go 1.18 there were addresses instead.

use object::{Object, ObjectSection, ObjectSegment, elf, macho, pe};
use serde::Serialize;

/// What `go version -m` prints.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct GoInfo {
    /// As go1.27.3.
    pub version: String,
    /// The main package.
    pub path: String,
    /// The main module and its version.
    pub module: Option<String>,
    /// `GOARCH`, `CGO_ENABLED`, `-buildmode` and all else that the build was asked for.
    pub settings: Vec<(String, String)>,
}

const MAGIC: &[u8] = b"\xff Go buildinf:";
/// It lies at such addresses, and sections at pages.
const ALIGNED: usize = 16;
/// The strings follow.
const INLINE: u8 = 2;
const HEAD: usize = 32;
const MARK: usize = 16;

impl GoInfo {
    /// A setting's value.
    pub fn setting(&self, key: &str) -> Option<&str> {
        self.settings.iter().find(|(own, _)| own == key).map(|(_, value)| value.as_str())
    }
}

/// The sections that hold it; where there is none of the name, what can be written when the program runs. All else may be
/// another program that was embedded.
const SECTIONS: &[&str] = &[".go.buildinfo", "__go_buildinfo"];

/// Finds it in a program or library.
pub fn of(data: &[u8]) -> Option<GoInfo> {
    let file = object::File::parse(data).ok()?;
    if let Some(section) = SECTIONS.iter().find_map(|name| file.section_by_name(name)) {
        return find(section.data().ok()?);
    }
    let is_writable = |segment: &object::Segment| match segment.flags() {
        object::SegmentFlags::Elf { p_flags } => p_flags & elf::PF_W != 0,
        object::SegmentFlags::MachO { initprot, .. } => initprot & macho::VM_PROT_WRITE != 0,
        object::SegmentFlags::Coff { characteristics } => characteristics & pe::IMAGE_SCN_MEM_WRITE != 0,
        _ => false,
    };
    file.segments().filter(is_writable).find_map(|segment| find(segment.data().ok()?))
}

/// Finds it in a part of a file.
fn find(data: &[u8]) -> Option<GoInfo> {
    memchr::memmem::find_iter(data, MAGIC).find_map(|at| {
        let is_it = at % ALIGNED == 0 && data.get(at + 15).is_some_and(|flags| flags & INLINE != 0);
        let (version, rest) = string(data.get(at + HEAD..).filter(|_| is_it)?)?;
        let (lines, _) = string(rest)?;
        let lines = lines.get(MARK..lines.len().saturating_sub(MARK)).unwrap_or_default();
        Some(parse(&super::text(version), &String::from_utf8_lossy(lines)))
    })
}

/// A length in seven bits a byte, and as many bytes.
fn string(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length = 0_usize;
    for (nth, byte) in data.iter().take(5).enumerate() {
        length |= usize::from(byte & 0x7f) << (7 * nth);
        if byte & 0x80 == 0 {
            let rest = data.get(nth + 1..)?;
            return Some((rest.get(..length)?, rest.get(length..)?));
        }
    }
    None
}

fn parse(version: &str, lines: &str) -> GoInfo {
    let mut info = GoInfo { version: version.into(), ..GoInfo::default() };
    for line in lines.lines() {
        match line.split_once('\t') {
            Some(("path", path)) => info.path = super::shown(path),
            Some(("mod", module)) => {
                let mut parts = module.split('\t');
                let name = parts.next().unwrap_or_default();
                let version = parts.next().filter(|version| !version.is_empty());
                let module = version.map_or(name.into(), |version| format!("{name} {version}"));
                info.module = Some(super::shown(&module));
            }
            Some(("build", setting)) => {
                let (key, value) = setting.split_once('=').unwrap_or((setting, ""));
                info.settings.push((super::shown(&unquoted(key)), super::shown(&unquoted(value))));
            }
            _ => {}
        }
    }
    info
}

/// Go quotes what has spaces or quotes in it, much as JSON does.
fn unquoted(text: &str) -> String {
    let quoted = text.starts_with(['"', '`']);
    let plain = || text.trim_matches('`').to_string();
    if quoted { serde_json::from_str(text).unwrap_or_else(|_| plain()) } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(version: &str, lines: &str) -> Vec<u8> {
        let mut data = vec![0; ALIGNED];
        data.extend_from_slice(MAGIC);
        data.extend_from_slice(&[8, INLINE]);
        data.resize(ALIGNED + HEAD, 0);
        let mark = "m".repeat(MARK);
        for text in [version.to_string(), format!("{mark}{lines}{mark}")] {
            let length = u8::try_from(text.len() & 0x7f).unwrap() | 0x80;
            data.extend_from_slice(&[length, u8::try_from(text.len() >> 7).unwrap()]);
            data.extend_from_slice(text.as_bytes());
        }
        data
    }

    #[test]
    fn settings_are_read_back() {
        let lines = "path\texample.com/m/cmd\nmod\texample.com/m\tv1.2.3\th1:x=\ndep\ta.example/b\tv1\n\
                     build\t-buildmode=exe\nbuild\tCGO_ENABLED=1\nbuild\tCGO_CFLAGS=\"-O2 -g\"\n";
        let info = find(&built("go1.27.3", lines)).unwrap();
        assert_eq!((info.version.as_str(), info.path.as_str()), ("go1.27.3", "example.com/m/cmd"));
        assert_eq!(info.module.as_deref(), Some("example.com/m v1.2.3"));
        assert_eq!(info.setting("CGO_CFLAGS"), Some("-O2 -g"));
        assert_eq!((info.setting("-buildmode"), info.setting("GOOS")), (Some("exe"), None));
    }

    #[test]
    fn what_is_cut_off_is_none() {
        let whole = built("go1.27.3", "path\tx\n");
        for end in 0..whole.len() {
            assert_eq!(find(&whole[..end]), None, "{end}");
        }
    }
}
