//! `cgozig targets`: the ports, their libcs, and how far each is verified.

use crate::failure::Failure;
use crate::say;
use crate::target::port::{PORTS, REFUSED};
use crate::target::{Libc, LibcChoice, Port};
use crate::verified::{self, Level};
use std::fmt::Write;
use std::process::ExitCode;

/// Prints the table.
pub fn run(json: bool) -> Result<ExitCode, Failure> {
    if json {
        say!("{:#}", as_json());
    } else {
        say!("{}", as_text().trim_end());
    }
    Ok(ExitCode::SUCCESS)
}

/// One row a port, aligned for a terminal.
fn as_text() -> String {
    let mut text = format!("{:<18}{:<28}{:<20}NEEDS\n", "PORT", "LIBC (first is the default)", "VERIFIED");
    for port in PORTS {
        let needs = needs(port);
        let row =
            format!("{:<18}{:<28}{:<20}{needs}", port.name, libcs(port).join(", "), verified_text(port));
        let _ = writeln!(text, "{}", row.trim_end());
    }
    for refused in REFUSED {
        let _ = writeln!(
            text,
            "{:<18}{:<28}refused: {}",
            format!("{}/{}", refused.os, refused.arch),
            "",
            refused.missing
        );
    }
    text
}

/// The libcs of a port as `CGOZIG_LIBC` takes them; the default first.
pub fn libcs(port: &'static Port) -> Vec<String> {
    let Ok(default) = LibcChoice::Unsaid.settle(port) else { return Vec::new() };
    match (port.os, default, port.glibc) {
        (crate::target::Os::Linux, Libc::Gnu(_), Some(floor)) => {
            vec![default.to_string(), "musl".into(), format!("gnu.{floor}…")]
        }
        (crate::target::Os::Linux, ..) => vec!["musl".into()],
        _ => vec!["its own".into()],
    }
}

/// `ran` or `linked`, with the libcs when they differ.
pub fn verified_text(port: &Port) -> String {
    let levels = verified::of(port.name);
    let Some((_, first)) = levels.first() else { return "not yet".into() };
    if levels.iter().all(|(_, level)| level == first) {
        return first.word().into();
    }
    let each: Vec<String> = levels.iter().map(|(libc, level)| format!("{libc} {}", level.word())).collect();
    each.join(", ")
}

/// What a port needs beyond the oldest supported zig and Go.
pub fn needs(port: &Port) -> String {
    let zig = (port.zig > crate::zig::ZigVersion::oldest()).then(|| format!("zig {}", port.zig));
    let go = port.go.map(|go| format!("Go {go}"));
    let glibc = port.raised.map(|(zig, glibc)| format!("glibc {glibc} with zig {zig}"));
    zig.into_iter().chain(go).chain(glibc).collect::<Vec<_>>().join(", ")
}

fn as_json() -> serde_json::Value {
    let served = PORTS.iter().map(|port| {
        let verified: serde_json::Map<String, serde_json::Value> =
            verified::of(port.name).into_iter().map(|(libc, level)| (libc, level.word().into())).collect();
        serde_json::json!({
            "port": port.name, "os": port.os.go(), "arch": port.arch.go(), "status": "served",
            "libc": libcs(port), "verified": verified, "oldest_zig": port.zig.to_string(), "first_go": port.go,
        })
    });
    let refused = REFUSED.iter().map(|port| {
        serde_json::json!({
            "port": format!("{}/{}", port.os, port.arch), "os": port.os, "arch": port.arch,
            "status": "refused", "missing": port.missing, "hint": port.hint,
        })
    });
    served.chain(refused).collect()
}

/// The Markdown table of the README.
pub fn as_markdown() -> String {
    let mut text = String::from("| port | libc | verified | needs |\n|---|---|---|---|\n");
    for port in PORTS {
        let row = (libcs(port).join(", "), verified_text(port), needs(port));
        let _ = writeln!(text, "| {} | {} | {} | {} |", port.name, row.0, row.1, row.2);
    }
    text
}

impl Level {
    /// As the table says it.
    pub fn word(self) -> &'static str {
        match self {
            Level::Ran => "ran",
            Level::Linked => "linked",
        }
    }
}
