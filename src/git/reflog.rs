//! Reflogs: what happened to a ref in this repository, here and on nobody else's machine.
//!
//! A worker can write them as it can write anything. So they only ever add to what is known against
//! the one who committed; nothing is excused by them.

use std::path::Path;

use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use super::Repository;

/// One move of a ref.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Before.
    pub old: ObjectId,
    /// After.
    pub new: ObjectId,
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
        if rest.trim().ends_with(b"fast-forward") {
            return false;
        }
        match () {
            () if begins(&["commit", "cherry-pick", "revert", "am"]) => true,
            () if begins(&["rebase"]) => STEPS.iter().any(|step| command.ends_with(step.as_bytes())),
            () if begins(&["merge", "pull"]) => rest.trim_start().starts_with(b"merge made by"),
            () => false,
        }
    }
}

/// What a rebase does where it makes a commit; it also starts, resets and ends.
const STEPS: [&str; 7] = ["(pick)", "(reword)", "(edit)", "(squash)", "(fixup)", "(continue)", "(merge)"];

impl Repository {
    /// What happened to a ref that all worktrees share, oldest first; nothing if it has no reflog.
    pub fn reflog(&self, full_name: &str) -> Vec<Move> {
        read(&self.common_dir().join("logs").join(full_name))
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
    Some(Move { old, new, message: message.into() })
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
        check("rebase (reset): 'onto'", false);
        check("rebase (start): checkout main", false);
        check("rebase (finish): returning to refs/heads/main", false);
        check("checkout: moving from main to commit", false);
        check("reset: moving to HEAD~", false);
        check("", false);
        assert_eq!(parse(b"no reflog"), None);
    }
}
