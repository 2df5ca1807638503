//! Repositories to which several accounts of one system write: `core.sharedRepository` of git-config(1).
//!
//! git gives each file that it makes in there the permissions that are set. Here the process gives up the
//! part of its umask that is in the way, before it makes anything, so that what others make for it in
//! there obeys as well: directories of objects, refs and logs. Files of worktrees that it makes are then as
//! open as the repository, where git would leave them as the umask says.

use super::Repository;

/// How a umask is written: what others may not, in three bits each for owner, group and everybody.
const ALL: u32 = 0o777;
const GROUP: u32 = 0o070;
const EVERYBODY: u32 = 0o005;

impl Repository {
    /// From now on, what this process makes is as open as the repository is configured to be.
    pub(in crate::git) fn share_what_is_made(&self) {
        if let Some(value) = self.config("core.sharedRepository") {
            relax(&value);
        }
    }
}

#[cfg(unix)]
fn relax(value: &str) {
    use rustix::fs::Mode;
    use rustix::process::umask;
    let before = umask(Mode::from_raw_mode(ALL));
    umask(Mode::from_raw_mode(withheld(value, before.as_raw_mode())));
}

#[cfg(not(unix))]
fn relax(_: &str) {}

/// The umask with which what is made is as `value` says; `umask` is that of the person.
fn withheld(value: &str, umask: u32) -> u32 {
    let value = value.to_ascii_lowercase();
    match (value.as_str(), u32::from_str_radix(&value, 8)) {
        ("group" | "true" | "yes" | "on", _) | (_, Ok(1)) => umask & !GROUP,
        ("all" | "world" | "everybody", _) | (_, Ok(2)) => umask & !(GROUP | EVERYBODY),
        (_, Ok(mode)) if mode & 0o600 == 0o600 => {
            // Who may read a directory may look into it, too.
            let allowed = mode & 0o666;
            ALL & !(allowed | (allowed & 0o444) >> 2)
        }
        _ => umask,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_umask_gives_way_as_far_as_is_configured() {
        for (value, umask, expect) in [
            ("group", 0o022, 0o002),
            ("True", 0o077, 0o007),
            ("1", 0o027, 0o007),
            ("everybody", 0o077, 0o002),
            ("2", 0o022, 0o002),
            ("0660", 0o022, 0o007),
            ("0640", 0o002, 0o027),
            ("0664", 0o077, 0o002),
            ("umask", 0o027, 0o027),
            ("false", 0o027, 0o027),
            ("0", 0o027, 0o027),
            ("0060", 0o027, 0o027),
            ("nonsense", 0o027, 0o027),
        ] {
            assert_eq!(withheld(value, umask), expect, "{value}: {:o}", withheld(value, umask));
        }
    }
}
