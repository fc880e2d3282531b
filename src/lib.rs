//! cgozig: `CC=cgozig go build` for every port that zig can serve.
//!
//! ```text
//!  argv, environment, working directory                 one snapshot, read once        sys
//!       │
//!  persona      who was called: a compiler, a tool, the command line                   pure
//!       │
//!  response     @file → words            (the only read before planning)               edge
//!       │
//!  argv         words ⇄ items            lossless: render(parse(x)) = x                pure
//!       │
//!  request      items → identify, query, probe, compile, link                          pure
//!       │
//!  target       -target, our name, CGOZIG_TARGET, GOOS and GOARCH, host → triple       pure
//!       │
//!  settings     the user's configuration                                               edge
//!       │
//!  zig          which zig, from the store or a record; installed when there is none    edge: net, unpack
//!       │
//!  native       the prebuilt libraries of a final link: found, fetched, looked at       edge: archive
//!       │
//!  plan         facts + items + rules → an answer, or words for zig                    pure
//!       │
//!  hand_over    the process becomes zig; the first link for a target is alone          edge: warm, sys
//!       │
//!  linking      a link by zig's linker itself, or by `zig cc`                           edge: direct, lld
//!       │
//!  lld          a second link, by the linker itself, for what zig refuses              pure
//!       │
//!  trouble      what a link that failed lacks                                          pure
//! ```
//!
//! Everything between the snapshot and `exec` that decides something is a function from values to values.

pub mod answer;
pub mod archive;
pub mod argv;
pub mod binary;
pub mod bundle;
pub mod cli;
pub mod compat;
pub mod compiler;
pub mod digest;
pub mod direct;
pub mod env_vars;
pub mod exit;
pub mod failure;
pub mod finish;
pub mod hand_over;
pub mod identity;
pub mod linking;
pub mod lld;
pub mod native;
pub mod net;
pub mod pack;
pub mod persona;
pub mod plan;
pub mod probe;
pub mod request;
pub mod rule;
pub mod rules;
pub mod sbom;
pub mod settings;
pub mod shims;
pub mod store;
pub mod sys;
pub mod target;
pub mod toml_text;
pub mod tool;
pub mod trouble;
pub mod unpack;
pub mod verified;
pub mod voice;
pub mod warm;
pub mod zig;
