//! What we know of zig itself: its versions, and where one is found.

pub mod choice;
pub mod find;
pub mod install;
pub mod minisig;
pub mod mirrors;
pub mod pins;
pub mod version;

pub use version::ZigVersion;
