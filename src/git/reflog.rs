//! Reflogs: what happened to a ref in this repository, here and on nobody else's machine.
//!
//! A worker can write them as it can write anything. So they add to what is known against the one who
//! committed, and excuse nothing by themselves: at most they bear out what a task's record says.

use std::path::Path;

use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use super::Repository;
use crate::model::ref_text;

/// One move of a ref.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Before.
    pub old: ObjectId,
    /// After.
    pub new: ObjectId,
    /// Seconds since the epoch, by the clock of who did it.
    pub when: i64,
    /// Why, in git's words.
    pub message: BString,
}

impl Move {
    /// Whether a commit was made in it: not a ref set to a commit that was there before.
    pub fn is_commit(&self) -> bool {
        let message = self.message.to_lowercase();
        let (command, rest) = message.split_once_str(":").unwrap_or((&message, b""));
        let (command, rest) = (command.as_bstr(), rest.as_bstr());
        let begins = |words: &[&str]| words.iter().any(|word| command.starts_with(word.as_bytes()));
        match () {
            () if begins(&["commit"]) => true,
            () if rest.trim() == b"fast-forward" => false,
            () if begins(&["cherry-pick", "revert", "am"]) => true,
            () if begins(&["rebase"]) => STEPS.iter().any(|step| command.ends_with(step.as_bytes())),
            // What was pulled may have a colon in its address.
            () if begins(&["merge", "pull"]) => message.contains_str(": merge made by"),
            () => false,
        }
    }

    /// Whether it, a merge or a pull, only went on to a commit that was there before.
    pub fn is_fast_forward(&self) -> bool {
        self.message.to_lowercase().trim().ends_with(b": fast-forward")
    }

    /// Whether nothing was said of it: git's own commands always say something, plumbing does not.
    pub fn is_silent(&self) -> bool {
        self.message.trim().is_empty()
    }

    /// Whether somebody put it where they liked.
    pub fn is_reset(&self) -> bool {
        self.message.starts_with(b"reset:")
    }

    /// Whether it took something over from elsewhere: another repository, or the start of a branch.
    pub fn is_from_afar(&self) -> bool {
        let words: Vec<&[u8]> = self.message.fields().collect();
        let fetches = |word: &[u8]| [&b"fetch"[..], b"pull", b"clone"].contains(&without_colon(word));
        let is_here = |word: &&[u8]| without_colon(word) == b".";
        match words[..] {
            _ if self.follows(&["FETCH_HEAD"]) => true,
            [b"branch:", b"Created", b"from", ..] => self.old.is_null(),
            [first, ..] => fetches(first) && !words.iter().any(is_here),
            [] => false,
        }
    }

    /// Whether it went to where one of these names was: by a merge, a reset, a checkout, or the start
    /// of a rebase.
    pub fn follows(&self, names: &[&str]) -> bool {
        let words: Vec<&[u8]> = self.message.fields().collect();
        let goal = match words[..] {
            [b"merge", name, ..] => name,
            [b"reset:", b"moving", b"to", name] => name,
            [b"checkout:", b"moving", b"from", _, b"to", name] => name,
            [b"rebase", .., b"checkout", name] => name,
            _ => return false,
        };
        names.iter().any(|name| name.as_bytes() == without_colon(goal))
    }
}

fn without_colon(word: &[u8]) -> &[u8] {
    word.strip_suffix(b":").unwrap_or(word)
}

/// What a rebase does where it makes a commit; it also starts, resets and ends.
const STEPS: [&str; 7] = ["(pick)", "(reword)", "(edit)", "(squash)", "(fixup)", "(continue)", "(merge)"];

impl Repository {
    /// What happened to a ref that all worktrees share, oldest first; nothing if it has no reflog.
    pub fn reflog(&self, full_name: &str) -> Vec<Move> {
        read(&self.common_dir().join("logs").join(&*ref_text::name(full_name).to_path_lossy()))
    }

    /// Where a symbolic ref was when somebody worked on it last, else what it stands for; `None` where
    /// that is not here. That it was turned to `target` is a move without a word, to where that was.
    pub fn last_known(&self, full_name: &str, target: &str) -> Option<ObjectId> {
        let tip = self.ref_commit(target).ok().flatten();
        let places: Vec<ObjectId> = self.past_of([target].into_iter()).into_iter().chain(tip).collect();
        let moves = self.reflog(full_name);
        let worked = moves.iter().rfind(|one| !(one.is_silent() && places.contains(&one.new)));
        worked.map(|one| one.new).filter(|id| self.is_commit(*id)).or(tip)
    }

    /// Where these refs were, as far as is still known. The commits may be gone.
    pub fn past_of<'n>(&self, names: impl Iterator<Item = &'n str>) -> Vec<ObjectId> {
        let mut past: Vec<ObjectId> = names.flat_map(|name| self.reflog(name)).map(|one| one.new).collect();
        past.sort();
        past.dedup();
        past
    }

    /// What happened to HEAD in the worktree of which this is the git directory.
    pub fn head_reflog(&self, git_dir: &Path) -> Vec<Move> {
        read(&git_dir.join("logs").join("HEAD"))
    }
}

fn read(path: &Path) -> Vec<Move> {
    let text = fs_err::read(path).unwrap_or_default();
    text.lines().filter_map(parse).collect()
}

/// `<old> <new> <who> <when> <zone>TAB<message>`; a line that is none is passed over, as git does.
fn parse(line: &[u8]) -> Option<Move> {
    let (facts, message) = line.split_once_str("\t").unwrap_or((line, b""));
    let mut words = facts.splitn_str(3, " ");
    let old = ObjectId::from_hex(words.next()?).ok()?;
    let new = ObjectId::from_hex(words.next()?).ok()?;
    let when = words.next()?.rsplit_str(" ").nth(1)?.to_str().ok()?.parse().ok()?;
    Some(Move { old, new, when, message: message.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_whether_a_commit_was_made() {
        let check = |message: &str, expect: bool| {
            let line = format!("{} {} A <a@example.org> 1 +0000\t{message}", "0".repeat(40), "1".repeat(40));
            assert_eq!(parse(line.as_bytes()).expect("a move").is_commit(), expect, "{message}");
        };
        check("commit: Fix", true);
        check("commit (amend): Fix", true);
        check("cherry-pick: Fix", true);
        check("rebase (pick): Fix", true);
        check("rebase -i (squash): Fix", true);
        check("merge main: Merge made by the 'ort' strategy.", true);
        check("am: Fix", true);
        check("merge main: Fast-forward", false);
        check("pull: Fast-forward", false);
        check("cherry-pick: fast-forward", false);
        check("commit: [CHECKPOINT] Allow a fast-forward", true);
        check("cherry-pick: [CHECKPOINT] Allow a fast-forward", true);
        check("pull --no-rebase https://host/x main: Merge made by the 'ort' strategy.", true);
        check("pull --ff-only https://host/x main: Fast-forward", false);
        check("cherry-pick: fast-forward", false);
        check("rebase (reset): 'onto'", false);
        check("rebase (start): checkout main", false);
        check("rebase (finish): returning to refs/heads/main", false);
        check("checkout: moving from main to commit", false);
        check("reset: moving to HEAD~", false);
        check("", false);
        assert_eq!(parse(b"no reflog"), None);
    }

    #[test]
    fn a_line_tells_whether_something_came_from_elsewhere() {
        let check = |old: &str, message: &str, expect: bool| {
            let line = format!("{} {} A <a@example.org> 7 +0000\t{message}", old.repeat(40), "1".repeat(40));
            let one = parse(line.as_bytes()).expect("a move");
            assert_eq!(one.is_from_afar(), expect, "{message}");
            assert_eq!((one.is_silent(), one.when), (message.trim().is_empty(), 7), "{message}");
        };
        check("2", "fetch origin: fast-forward", true);
        check("2", "pull: Fast-forward", true);
        check("2", "pull --ff-only /clone work/x: Fast-forward", true);
        check("2", "merge FETCH_HEAD: Fast-forward", true);
        check("0", "clone: from /elsewhere", true);
        check("0", "branch: Created from origin/x", true);
        check("2", "branch: Created from origin/x", false);
        check("2", "branch: Reset to main", false);
        check("2", "fetch . work/x:main: fast-forward", false);
        check("2", "push", false);
        check("2", "update by push", false);
        check("2", "merge work/x: Fast-forward", false);
        check("2", "reset: moving to FETCH_HEAD", true);
        check("2", "rebase (start): checkout FETCH_HEAD", true);
        check("2", "commit: merge FETCH_HEAD", false);
        check("2", " ", false);
        check("2", "", false);
    }

    #[test]
    fn a_line_tells_what_was_followed() {
        let check = |message: &str, expect: bool| {
            let line = format!("{} {} A <a@example.org> 7 +0000\t{message}", "2".repeat(40), "1".repeat(40));
            let one = parse(line.as_bytes()).expect("a move");
            assert_eq!(one.follows(&["main", "origin/main"]), expect, "{message}");
        };
        check("merge main: Fast-forward", true);
        check("merge origin/main: Merge made by the 'ort' strategy.", true);
        check("reset: moving to main", true);
        check("checkout: moving from work/x to main", true);
        check("rebase (start): checkout main", true);
        check("rebase -i (start): checkout origin/main", true);
        check("rebase (finish): refs/heads/work/x onto main", false);
        check("merge work/x: Fast-forward", false);
        check("commit: merge main", false);
        check("reset: moving to main~1", false);
    }
}
