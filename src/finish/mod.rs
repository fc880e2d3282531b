//! What is left to do with a program after zig linked it, because zig's linkers have no word for it.

mod macho_fixed;
mod pe_stamps;

use crate::argv::Argv;
use crate::target::{Arch, Os, Target};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// What to do with the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// Load it at its own address: `-Wl,-no_pie` for darwin/amd64.
    FixedAddress,
    /// Take time stamps and the path of the PDB out: `-Wl,--no-insert-timestamp` for Windows.
    NoTimeStamps,
}

impl Finish {
    /// What a link line asks for that zig cannot do.
    pub fn of(argv: &Argv, target: Target) -> Option<Finish> {
        match target.os() {
            Os::Darwin if target.arch() == Arch::Amd64 && argv.has_linker("no_pie") => {
                Some(Finish::FixedAddress)
            }
            Os::Windows if argv.has_linker("no-insert-timestamp") => Some(Finish::NoTimeStamps),
            _ => None,
        }
    }

    /// Does it, in place.
    pub fn apply(self, output: &Path) -> io::Result<()> {
        let output = written(output);
        let mut image = fs::read(&output)?;
        let changed = match self {
            Finish::FixedAddress => macho_fixed::fix(&mut image),
            Finish::NoTimeStamps => pe_stamps::clear(&mut image).is_some(),
        };
        if changed { replace(&output, &output, &image) } else { Ok(()) }
    }
}

/// The file that was written: linkers for Windows add `.exe` to a name without an extension.
fn written(output: &Path) -> PathBuf {
    if output.exists() { output.to_path_buf() } else { output.with_extension("exe") }
}

/// Writes `to` by a rename, with the permissions of `from`.
pub fn replace(from: &Path, to: &Path, contents: &[u8]) -> io::Result<()> {
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    io::Write::write_all(&mut file, contents)?;
    file.as_file().set_permissions(fs::metadata(from)?.permissions())?;
    file.persist(to).map_err(|error| error.error)?;
    Ok(())
}
