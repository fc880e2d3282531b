//! What a rule does, and what it costs.

/// What a rule does with an item, or with the line.
#[derive(Clone, Copy, Debug)]
pub enum Action {
    /// Leaves it out.
    Drop,
    /// Leaves it as it is: a decision on record.
    Keep,
    /// Puts these words in its place; `{}` stands for the value.
    Replace(&'static [&'static str]),
    /// Passes the same thing by `-Wl,` instead of `-Xlinker`.
    ByComma,
    /// Puts these words before the caller's.
    Prepend(&'static [&'static str]),
    /// Leaves it out and puts these words before the caller's: what counts for the whole line, wherever it stands.
    Ahead(&'static [&'static str]),
    /// Puts these words after the caller's.
    Append(&'static [&'static str]),
    /// Puts the file that stands for `-lNAME` after the caller's words.
    AppendFound(&'static str),
    /// Puts an object of our own after the caller's words: `shims/compat/NAME.c`, compiled for the target.
    AppendObject(&'static str),
    /// Writes a processor as zig does.
    ZigCpu,
    /// Does what `--push-state` and `--pop-state` do, in words that zig takes.
    LinkerState,
    /// Writes a library's name in small letters.
    Lower,
    /// Tells lld itself these words (`{}` is the value), in a link of its own after zig's, none means as
    /// written: the program differs with them.
    Tell(&'static [&'static str]),
    /// The same where zig's link fails without them: they only permit what would be an error.
    Permit(&'static [&'static str]),
    /// Puts the file that `-l:name` means in its place.
    FindLibrary,
    /// Refuses the call: what is unsupported, and what to type instead.
    Refuse {
        /// The sentence after "could not"; it says "unsupported", since Go's probes look for that.
        what: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// Ends the call with exit status 1 and no output, where Go allows that and it is the right answer.
    FailQuietly,
}

/// What is lost by a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// Nothing.
    Nothing,
    /// Bytes.
    Size,
    /// A second link.
    Time,
    /// A protection.
    Hardening(&'static str),
    /// Something in the debugger or a profile.
    Debugging(&'static str),
    /// A link that would have been made is refused, or behaves otherwise, in the named case.
    Correctness(&'static str),
}
