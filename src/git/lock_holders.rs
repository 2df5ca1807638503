//! Who may hold a lock file of git that lies there.
//!
//! A lock file names nobody, and git closes it long before it gives it up: `git commit -a` keeps the
//! index locked while an editor is open. So a lock counts as nobody's only if no process has it open,
//! and no git of the same owner is at work there that began before the lock was written. `proc(5)`
//! tells that, on Linux alone, and of no process in another container or on another machine.

use std::path::Path;

use super::Repository;

/// Who may hold a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hold {
    /// No process that lives.
    Nobody,
    /// This one, as far as can be seen from outside.
    Process {
        /// Its id.
        process: u32,
        /// Its program and arguments.
        command: String,
    },
    /// It cannot be told here.
    Unknown,
}

impl Repository {
    /// Who may hold the lock at this path, which lies below the common directory.
    pub fn lock_hold(&self, lock: &Path) -> Hold {
        #[cfg(target_os = "linux")]
        return linux::hold(self.common_dir(), lock).unwrap_or(Hold::Unknown);
        #[cfg(not(target_os = "linux"))]
        {
            let _ = lock;
            Hold::Unknown
        }
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io::Result;
    use std::os::unix::fs::MetadataExt as _;
    use std::path::{Path, PathBuf};

    use fs_err as fs;

    use super::Hold;

    /// Clock ticks in a second, in everything that `proc(5)` says.
    const TICKS: i64 = 100;

    /// When the machine started is known to the second only.
    const SLACK: i64 = 2;

    pub fn hold(common: &Path, lock: &Path) -> Result<Hold> {
        let Ok(locked) = fs::metadata(lock) else { return Ok(Hold::Nobody) };
        let started = boot_time()?;
        for entry in fs::read_dir("/proc")? {
            let process = entry?.path();
            let Some(id) = process.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok()) else {
                continue;
            };
            let is_owner = fs::metadata(&process).is_ok_and(|process| process.uid() == locked.uid());
            if id == std::process::id() || !is_owner {
                continue;
            }
            let words = words(&process);
            let may_hold = || {
                let began = age(&process).map(|age| started + age);
                is_git(&words)
                    && began.is_some_and(|began| began <= locked.mtime() + SLACK)
                    && fs::read_link(process.join("cwd")).map_or(true, |place| is_at(&place, common, lock))
            };
            if has_open(&process, lock) || may_hold() {
                return Ok(Hold::Process { process: id, command: words.join(" ") });
            }
        }
        Ok(Hold::Nobody)
    }

    /// When the machine started, in seconds since the epoch.
    fn boot_time() -> Result<i64> {
        let text = fs::read_to_string("/proc/stat")?;
        let time = text.lines().find_map(|line| line.strip_prefix("btime ")?.trim().parse().ok());
        time.ok_or_else(|| std::io::Error::other("/proc/stat does not say when the machine started"))
    }

    /// How many seconds after the machine the process began: field 22 of `/proc/<id>/stat`.
    fn age(process: &Path) -> Option<i64> {
        let text = fs::read_to_string(process.join("stat")).ok()?;
        let (_, fields) = text.rsplit_once(')')?;
        Some(fields.split_whitespace().nth(19)?.parse::<i64>().ok()? / TICKS)
    }

    fn words(process: &Path) -> Vec<String> {
        let line = fs::read(process.join("cmdline")).unwrap_or_default();
        let words = line.split(|byte| *byte == 0).filter(|word| !word.is_empty());
        words.map(|word| String::from_utf8_lossy(word).into_owned()).collect()
    }

    fn has_open(process: &Path, lock: &Path) -> bool {
        let open = fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
        open.into_iter().any(|file| fs::read_link(file.path()).is_ok_and(|path| path == lock))
    }

    /// Whether it is a git that does something itself: one that only waits for a program of ours does
    /// not.
    fn is_git(words: &[String]) -> bool {
        let mut words = words.iter().map(String::as_str);
        let program = words.next().and_then(|program| program.rsplit('/').next()).unwrap_or_default();
        let command = loop {
            match words.next() {
                Some("-C" | "-c" | "--git-dir" | "--work-tree" | "--namespace" | "--config-env") => {
                    words.next();
                }
                Some(option) if option.starts_with('-') => {}
                other => break other,
            }
        };
        let is_ours = |name: &str| name == "orchestrate" || name == "worker";
        match program.strip_prefix("git-") {
            Some(name) => !name.split('-').next().is_some_and(is_ours),
            None => program == "git" && !command.is_some_and(is_ours),
        }
    }

    /// Whether a git in the directory `place` may lock this file: one of its own worktree, or one that
    /// all worktrees share.
    fn is_at(place: &Path, common: &Path, lock: &Path) -> bool {
        let Ok((found, _)) = gix::discover::upwards(place) else { return false };
        let (git_dir, _) = found.into_repository_and_work_tree_directories();
        let Ok(git_dir) = fs::canonicalize(git_dir) else { return false };
        let is_shared = || {
            let shared = ["refs", "packed-refs.lock", "config.lock"].map(|name| common.join(name));
            git_dir.starts_with(common) && shared.iter().any(|shared: &PathBuf| lock.starts_with(shared))
        };
        lock.starts_with(&git_dir) || is_shared()
    }

    #[cfg(test)]
    mod tests {
        use super::is_git;

        #[test]
        fn a_git_that_waits_for_us_holds_nothing() {
            let check = |line: &str, expect| {
                let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
                assert_eq!(is_git(&words), expect, "{line}");
            };
            check("git commit -a", true);
            check("/usr/bin/git -C /a merge orchestrate", true);
            check("/usr/lib/git-core/git-gui", true);
            check("git", true);
            check("git orchestrate status", false);
            check("git -c a.b=c --no-pager worker push", false);
            check("git-orchestrate-hook pre-commit", false);
            check("/usr/bin/git-worker push", false);
            check("vi .git/COMMIT_EDITMSG", false);
        }
    }
}
