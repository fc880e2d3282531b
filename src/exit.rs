//! Our own exit codes. Data only; every other code is zig's.

/// An exit code that means a failure of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum OwnExit {
    /// The request cannot be met as it was made.
    Request = 1,
    /// A wrong command line of a subcommand.
    Usage = 2,
    /// No usable zig was found.
    NoToolchain = 121,
    /// A file or folder of ours could not be read or written.
    Store = 122,
    /// zig could not be started.
    Start = 123,
}
