//! The versions of a file that many pairs are compared by, each read once.

use bstr::{BStr, BString};

use crate::git::Repository;
use crate::git::plain_text::Text;
use crate::model::change::Entry;
use crate::model::ids::IdMap;

/// The versions of the file that was asked about last; those of one file after the other, so that only
/// one file's are in memory.
pub(super) struct Texts<'r> {
    repo: &'r Repository,
    path: BString,
    read: IdMap<Option<Text>>,
}

impl<'r> Texts<'r> {
    pub fn new(repo: &'r Repository) -> Texts<'r> {
        Texts { repo, path: BString::default(), read: IdMap::default() }
    }

    /// `None` if one of them cannot be read.
    pub fn versions(&mut self, path: &BStr, versions: [Entry; 3]) -> Option<[&Text; 3]> {
        if self.path != path {
            self.read.clear();
            self.path = path.to_owned();
        }
        for Entry { id, .. } in versions {
            self.read.entry(id).or_insert_with(|| self.repo.blob(id).ok().map(Text::new));
        }
        let [base, ours, theirs] = versions.map(|entry| self.read[&entry.id].as_ref());
        Some([base?, ours?, theirs?])
    }
}
