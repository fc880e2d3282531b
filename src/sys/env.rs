//! The snapshot of the environment: the variables of [`crate::env_vars`], read once; and those that a user's configuration
//! names, read when they are needed.

use crate::env_vars;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// The variables that are set to something.
#[derive(Clone, Debug, Default)]
pub struct Env(Vec<(&'static str, OsString)>);

impl Env {
    /// Reads them.
    pub fn read() -> Env {
        let read = |name: &'static str| Some((name, std::env::var_os(name)?));
        let set = env_vars::ALL.iter().filter_map(|variable| read(variable.name));
        Env(set.filter(|(_, value)| !value.is_empty()).collect())
    }

    /// An environment of these variables of the table.
    pub fn of(pairs: &[(&'static str, &str)]) -> Env {
        Env(pairs.iter().map(|(name, value)| (*name, OsString::from(value))).collect())
    }

    /// The value of a variable of the table.
    pub fn raw(&self, name: &str) -> Option<&OsStr> {
        debug_assert!(
            env_vars::ALL.iter().any(|variable| variable.name == name),
            "{name} is not in the table"
        );
        self.0.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_os_str())
    }

    /// The value as text.
    pub fn text(&self, name: &str) -> Option<String> {
        Some(self.raw(name)?.to_string_lossy().into_owned())
    }

    /// A folder that the system has for its user, below HOME. Without HOME there is none, as for Go: the user database
    /// is never asked, since a static program may crash in the libraries that it lies behind.
    pub fn user_folder(&self, of: fn() -> Option<PathBuf>) -> Option<PathBuf> {
        let is_known = cfg!(windows) || self.path("HOME").is_some_and(|home| home.is_absolute());
        if is_known { of() } else { None }
    }

    /// The value as a path.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.raw(name).map(PathBuf::from)
    }
}

/// The value of a variable whose name the user's own configuration gives, as text: a secret, so it is not kept.
pub fn secret(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
