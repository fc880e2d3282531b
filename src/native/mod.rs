//! Prebuilt libraries: declared by a module, pinned by hash, fetched when a final link first asks for them.
//!
//! ```text
//!  manifest   cgozig.toml of a module: libraries, variants, where they are       pure
//!  known      the same for modules that ship none                                pure
//!  variant    linux/amd64/gnu                                                    pure
//!  template   {version}, {target} in urls and paths                              pure
//!  artifact   one archive to fetch, and its pin                                  pure
//!  lock       cgozig.lock of the main module: hashes that it accepts             pure
//!  github     which hash GitHub tells of a release's file                       pure
//!  author     what a url tells, and how it is written into a manifest             pure
//!  consent    which hosts may be asked without a question                        pure
//!  mirror     other addresses for a url                                          pure
//!  go_modules the modules that a main module is built from                       edge
//!  declared   all libraries that those declare                                   edge
//!  provenance what speaks for a hash that is written                             edge
//!  modules    which manifests and locks belong to a link                         edge
//!  fetch      an archive into the store: verified, unpacked, whole               edge
//!  place      a library in GOPATH's .cgo-cache                                   edge
//!  lookup     which file a -l means                                              edge
//!  link       the libraries of one final link                                    edge
//!  headers    the headers of fetched libraries, for compiles                    edge
//!  started    the folder in which go was started                                 edge
//!  memory     what the last link used, so that Go relinks when it changes        edge
//! ```
//!
//! A build never writes a hash and never asks a question; `cgozig lock` and `cgozig trust` do.

pub mod artifact;
pub mod author;
pub mod consent;
pub mod declared;
pub mod fetch;
pub mod github;
pub mod go_modules;
pub mod headers;
pub mod known;
pub mod link;
pub mod lock;
pub mod lookup;
pub mod manifest;
pub mod memory;
pub mod mirror;
pub mod modules;
pub mod place;
pub mod provenance;
pub mod stand_in;
pub mod started;
pub mod template;
pub mod variant;
