//! What we know of zig itself: its versions, and where one is found.

pub mod find;
pub mod version;

pub use version::ZigVersion;
