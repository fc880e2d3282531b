//! The subcommands for prebuilt libraries, as processes, with archives from a server on this machine.

#[path = "native_cli/adding.rs"]
mod adding;
#[path = "native_cli/ahead.rs"]
mod ahead;
#[path = "support/archives.rs"]
mod archives;
#[path = "native_cli/at_once.rs"]
mod at_once;
#[path = "native_cli/documents.rs"]
mod documents;
#[path = "native_cli/garbage.rs"]
mod garbage;
#[path = "native_cli/locking.rs"]
mod locking;
#[path = "native_cli/of_modules.rs"]
mod of_modules;
#[path = "native_cli/private.rs"]
mod private;
#[path = "native_cli/sandbox.rs"]
mod sandbox;
#[path = "native_cli/sbom.rs"]
mod sbom;
mod support;
#[path = "native_cli/tampering.rs"]
mod tampering;
#[path = "native_cli/trusting.rs"]
mod trusting;
