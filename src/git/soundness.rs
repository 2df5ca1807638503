//! Which of the new objects git would refuse, each by its id.
//!
//! [`CleanRoom::check_objects`] says whether there is any, in one go and as a server would; it stops
//! at the first. Only where it finds one the objects are laid out by themselves and looked at one by
//! one, so that the finding can name what is broken.

use std::collections::HashSet;

use anyhow::Result;
use bstr::ByteSlice;
use gix::objs::TreeRefIter;
use gix_hash::ObjectId;

use super::Repository;
use super::clean_room::CleanRoom;
use super::scratch::Scratch;

/// An object that git refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// Which one; `None` where git does not say.
    pub id: Option<ObjectId>,
    /// Why, in git's words.
    pub said: String,
}

impl CleanRoom {
    /// What is wrong with the objects that `tips` have and `known` have not; usually nothing.
    pub fn malformed(&self, tips: &[ObjectId], known: &[ObjectId]) -> Result<Vec<Malformed>> {
        let known: Vec<ObjectId> =
            known.iter().copied().filter(|id| self.repository().contains(*id)).collect();
        let Some(said) = self.check_objects(tips, &known)? else { return Ok(Vec::new()) };
        let each = self.examine(tips, &known)?;
        Ok(if each.is_empty() { vec![Malformed { id: None, said }] } else { each })
    }

    /// Unpacks the objects where nothing else is, and lets `git fsck` go through them.
    fn examine(&self, tips: &[ObjectId], known: &[ObjectId]) -> Result<Vec<Malformed>> {
        let bench = Scratch::new()?;
        for directory in ["objects", "refs"] {
            fs_err::create_dir(bench.path().join(directory))?;
        }
        for file in ["HEAD", "config"] {
            fs_err::copy(self.repository().git_dir().join(file), bench.path().join(file))?;
        }
        let git = || self.git().env("GIT_DIR", bench.path()).env("GIT_ATTR_SOURCE", "");
        let pack = self.pack(&["--revs"], tips, known)?;
        if !git().args(["unpack-objects", "-q"]).stdin(pack).run()?.success() {
            // Some are missing on the bench, so what is said of the others is not all.
            return Ok(Vec::new());
        }
        let said = git().args(["fsck", "--strict", "--no-dangling", "--no-progress"]).run()?;
        Ok(said.stderr.lines().filter_map(parse).collect())
    }
}

/// `error in <type> <id>: <what>`
fn parse(line: &[u8]) -> Option<Malformed> {
    let line = line.to_str_lossy();
    let (object, said) = line.strip_prefix("error in ")?.split_once(": ")?;
    let id = ObjectId::from_hex(object.split_once(' ')?.1.as_bytes()).ok()?;
    Some(Malformed { id: Some(id), said: said.to_owned() })
}

impl Repository {
    /// Those of `wanted` that are the tree or lie below it. Trees in `seen` are passed over, and what
    /// is read is added to them; an entry that cannot be read ends its tree.
    pub fn objects_below(
        &self,
        tree_id: ObjectId,
        wanted: &HashSet<ObjectId>,
        seen: &mut HashSet<ObjectId>,
    ) -> Vec<ObjectId> {
        let (mut found, mut open) = (Vec::new(), vec![tree_id]);
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            if wanted.contains(&id) {
                found.push(id);
            }
            let Ok(tree) = self.gix.find_tree(id) else { continue };
            for entry in TreeRefIter::from_bytes(&tree.data, self.object_hash()).flatten() {
                let id = entry.oid.to_owned();
                if entry.mode.is_tree() {
                    open.push(id);
                } else if wanted.contains(&id) && seen.insert(id) {
                    found.push(id);
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_that_name_an_object_count() {
        let id = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
        let found = parse(format!("error in tree {id}: hasDotgit: contains '.git'").as_bytes());
        assert_eq!(found.map(|one| one.said).as_deref(), Some("hasDotgit: contains '.git'"));
        for other in ["missing blob 123", "error: short read", "error in tree nonsense: x", ""] {
            assert_eq!(parse(other.as_bytes()), None, "{other}");
        }
    }
}
