//! `--push-state` and `--pop-state`, which zig refuses: the state is kept here and said again on pop.

use crate::argv::{Argv, Item};
use std::ffi::OsString;

/// The position-dependent modes of a linker.
#[derive(Clone, Copy, PartialEq, Eq)]
struct State {
    shared: bool,
    as_needed: bool,
    whole_archive: bool,
}

const START: State = State { shared: true, as_needed: false, whole_archive: false };

/// Replaces every push by nothing and every pop by the words that bring back what was pushed.
/// Returns the words before and after of each.
pub fn settle(argv: &mut Argv) -> Vec<(Vec<OsString>, Vec<OsString>)> {
    let mut changes = Vec::new();
    // From the end, so that everything before an item is still as the caller wrote it.
    for at in (0..argv.items().len()).rev() {
        let item = &argv.items()[at];
        let made = if item.linker("push-state").is_some() {
            Vec::new()
        } else if item.linker("pop-state").is_some() {
            words_of_pop(&argv.items()[..at])
        } else {
            continue;
        };
        changes.push((item.words(), made.clone()));
        argv.splice(at, at + 1, made);
    }
    changes.reverse();
    changes
}

/// What differs between the state at a pop and the one that its push saved.
fn words_of_pop(before: &[Item]) -> Vec<OsString> {
    let mut stack = Vec::new();
    let mut now = START;
    for item in before {
        step(item, &mut now, &mut stack);
    }
    let saved = stack.pop().unwrap_or(START);
    let said = [
        (saved.shared, now.shared, "-Wl,-Bdynamic", "-Wl,-Bstatic"),
        (saved.as_needed, now.as_needed, "-Wl,--as-needed", "-Wl,--no-as-needed"),
        (saved.whole_archive, now.whole_archive, "-Wl,--whole-archive", "-Wl,--no-whole-archive"),
    ];
    let differs = said.into_iter().filter(|(saved, now, ..)| saved != now);
    differs.map(|(saved, _, on, off)| if saved { on } else { off }.into()).collect()
}

fn step(item: &Item, state: &mut State, stack: &mut Vec<State>) {
    let is = |name: &str| item.linker(name).is_some();
    if is("push-state") {
        stack.push(*state);
    } else if is("pop-state") {
        *state = stack.pop().unwrap_or(START);
    } else if item.driver("-static").is_some() || item.driver("-static-pie").is_some() {
        state.shared = false;
    } else if is("Bstatic") || is("Bdynamic") {
        state.shared = is("Bdynamic");
    } else if is("as-needed") || is("no-as-needed") {
        state.as_needed = is("as-needed");
    } else if is("whole-archive") || is("no-whole-archive") {
        state.whole_archive = is("whole-archive");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pop_says_again_what_its_own_push_saved() {
        let line = "-Wl,--push-state,-Bstatic -la -Wl,--push-state -Wl,--whole-archive -lb -Wl,--pop-state -lc \
                    -Wl,--pop-state -ld";
        let mut argv = Argv::parse(line.split_whitespace());
        let changes = settle(&mut argv);
        let words: Vec<String> = argv.render().into_iter().map(|word| word.into_string().unwrap()).collect();
        let expected =
            "-Wl,-Bstatic -la -Wl,--whole-archive -lb -Wl,--no-whole-archive -lc -Wl,-Bdynamic -ld";
        assert_eq!(words.join(" "), expected);
        assert_eq!(changes.len(), 4);

        // What the driver's word says holds as well.
        let mut argv = Argv::parse("-static -Wl,--push-state,-Bstatic -la -Wl,--pop-state -lb".split(' '));
        settle(&mut argv);
        assert_eq!(argv.render(), ["-static", "-Wl,-Bstatic", "-la", "-lb"]);
    }
}
