//! An edit of a configuration file that can be taken back so that not a byte is different.
//!
//! Configuration is text that people write and compare: spacing, comments and the order of lines are
//! theirs. So what a file held before and after is remembered before it is written. A file that is
//! still as we left it becomes what it was. Where others wrote in between, exactly our lines are
//! taken out and put back, if that means the same as undoing our settings; else only those settings
//! are undone, and what others wrote stays as it is.

use std::collections::BTreeMap;

use anyhow::Result;
use bstr::{BString, ByteSlice};
use serde::{Deserialize, Serialize};

use super::Repository;
use super::config::{self, Content, Entries};

/// What a file held before and after we wrote to it; `None` where it was not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// Relative to the common directory.
    file: String,
    before: Option<Text>,
    after: Option<Text>,
}

/// The bytes of a file, readable in the manifest where that is possible.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Text {
    Utf8(String),
    Bytes(Vec<u8>),
}

impl From<Vec<u8>> for Text {
    fn from(bytes: Vec<u8>) -> Text {
        String::from_utf8(bytes).map_or_else(|error| Text::Bytes(error.into_bytes()), Text::Utf8)
    }
}

impl Text {
    fn bytes(&self) -> &[u8] {
        match self {
            Text::Utf8(text) => text.as_bytes(),
            Text::Bytes(bytes) => bytes,
        }
    }
}

impl Repository {
    /// Adds values to keys of the shared configuration. `remember` gets what undoes it before
    /// anything is written.
    pub fn add_reversibly(
        &self,
        values: &[(&str, &str)],
        remember: &mut dyn FnMut(Edit) -> Result<()>,
    ) -> Result<()> {
        let add = |file: &mut gix::config::File| {
            values.iter().try_for_each(|(key, value)| config::add_value(file, key, value))
        };
        self.edit_reversibly("config", None, &add, remember)
    }

    /// Has the file `name`, relative to the common directory, hold what `change` makes of it.
    /// `remember` gets what undoes it before anything is written. An `earlier` edit is done anew.
    pub(in crate::git) fn edit_reversibly(
        &self,
        name: &str,
        earlier: Option<&Edit>,
        change: &dyn Fn(&mut gix::config::File) -> Result<()>,
        remember: &mut dyn FnMut(Edit) -> Result<()>,
    ) -> Result<()> {
        self.rewrite_config(&self.common_dir().join(name), |now| {
            let before = match earlier {
                Some(edit) => edit.undone(now)?,
                None => now.cloned(),
            };
            let after = Some(config::changed(before.as_deref().unwrap_or_default(), change)?);
            let edit = Edit {
                file: name.to_owned(),
                before: before.map(Text::from),
                after: after.clone().map(Text::from),
            };
            if earlier != Some(&edit) {
                remember(edit)?;
            }
            Ok(after)
        })
    }

    /// Takes an edit back. What others wrote since stays.
    pub fn undo_edit(&self, edit: &Edit) -> Result<()> {
        self.rewrite_config(&self.common_dir().join(&edit.file), |now| edit.undone(now))
    }
}

impl Edit {
    /// The keys that the file had before.
    pub fn keys_before(&self) -> Result<Vec<String>> {
        let before = self.before.as_ref().map(Text::bytes).unwrap_or_default();
        Ok(config::entries(&config::parse(before)?).into_keys().collect())
    }

    /// Whether we gave the file this key.
    pub fn sets(&self, key: &str) -> Result<bool> {
        let after = self.after.as_ref().map(Text::bytes).unwrap_or_default();
        Ok(config::parse(after)?.string(key).is_some())
    }

    /// What the file holds once the edit is undone, if it holds `now`.
    fn undone(&self, now: Option<&Vec<u8>>) -> Result<Content> {
        let (before, after) = (self.before.as_ref().map(Text::bytes), self.after.as_ref().map(Text::bytes));
        let now = now.map(Vec::as_slice);
        if now == after || now == before {
            return Ok(before.map(<[u8]>::to_vec));
        }
        let (Some(now), Some(after)) = (now, after) else { return Ok(now.map(<[u8]>::to_vec)) };
        let expected = expected(before.unwrap_or_default(), after, now)?;
        let patched = without_our_lines(before.unwrap_or_default(), after, now);
        if let Some(patched) = patched
            && config::entries(&config::parse(&patched)?) == expected
        {
            return Ok(kept(patched, before));
        }
        let mut file = config::parse(now)?;
        let old = config::entries(&file);
        for (key, values) in &expected {
            if old.get(key) != Some(values) {
                config::write_values(&mut file, key, values)?;
            }
        }
        for key in old.keys().filter(|key| !expected.contains_key(*key)) {
            config::write_values::<&str>(&mut file, key, &[])?;
        }
        Ok(kept(file.to_bstring().into(), before))
    }
}

/// A file that was not there goes when nothing is left in it.
fn kept(content: Vec<u8>, before: Option<&[u8]>) -> Content {
    (before.is_some() || !content.trim().is_empty()).then_some(content)
}

/// The settings once ours are undone: those that are still as we left them are as before, all others
/// as they are.
fn expected(before: &[u8], after: &[u8], now: &[u8]) -> Result<Entries> {
    let (before, after) = (config::entries(&config::parse(before)?), config::entries(&config::parse(after)?));
    let mut entries = config::entries(&config::parse(now)?);
    let touched = before.keys().chain(after.keys()).filter(|key| before.get(*key) != after.get(*key));
    for key in touched {
        if entries.get(key) == after.get(key) {
            match before.get(key) {
                Some(values) => drop(entries.insert(key.clone(), values.clone())),
                None => drop(entries.remove(key)),
            }
        }
    }
    Ok(entries)
}

/// `now` without the lines that came with `after`, and with those that went; `None` where those
/// lines, or their neighbours, are not there any more.
fn without_our_lines(before: &[u8], after: &[u8], now: &[u8]) -> Option<Vec<u8>> {
    // A last line without a break is the same line with one.
    let lines =
        |text: &[u8]| text.lines().map(|line| BString::from([line, b"\n"].concat())).collect::<Vec<_>>();
    let (before, after, now) = (lines(before), lines(after), lines(now));
    let (in_before, in_now) = (partners(&after, &before), partners(&after, &now));
    // For each line of `now`: whether it is ours, and what has to follow it.
    let mut is_ours = vec![false; now.len()];
    let mut follows: BTreeMap<usize, Vec<BString>> = BTreeMap::new();
    let (mut next_before, mut place) = (0, Some(0));
    for (line, partner) in in_before.iter().enumerate() {
        match partner {
            None => {
                is_ours[in_now[line]?] = true;
                place = in_now[line].map(|at| at + 1);
            }
            Some(partner) => {
                put_back(&before[next_before..*partner], place, &mut follows)?;
                next_before = partner + 1;
                place = in_now[line].map(|at| at + 1);
            }
        }
    }
    put_back(&before[next_before..], place, &mut follows)?;
    let mut text = Vec::new();
    for at in 0..=now.len() {
        follows.get(&at).into_iter().flatten().for_each(|line| text.extend_from_slice(line));
        if at < now.len() && !is_ours[at] {
            text.extend_from_slice(&now[at]);
        }
    }
    Some(text)
}

/// Notes that the lines belong before line `place` of what is there now.
fn put_back(
    lines: &[BString],
    place: Option<usize>,
    follows: &mut BTreeMap<usize, Vec<BString>>,
) -> Option<()> {
    if !lines.is_empty() {
        follows.entry(place?).or_default().extend_from_slice(lines);
    }
    Some(())
}

/// For each line of `a` its partner in `b`, by a longest common subsequence.
fn partners(a: &[BString], b: &[BString]) -> Vec<Option<usize>> {
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a_rest, b_rest) = (&a[same..], &b[same..]);
    let mut longest = vec![vec![0_u32; b_rest.len() + 1]; a_rest.len() + 1];
    for i in (0..a_rest.len()).rev() {
        for j in (0..b_rest.len()).rev() {
            longest[i][j] = match a_rest[i] == b_rest[j] {
                true => longest[i + 1][j + 1] + 1,
                false => longest[i + 1][j].max(longest[i][j + 1]),
            };
        }
    }
    let mut found: Vec<Option<usize>> = (0..same).map(Some).collect();
    let (mut i, mut j) = (0, 0);
    while i < a_rest.len() {
        if j < b_rest.len() && a_rest[i] == b_rest[j] {
            found.push(Some(same + j));
            (i, j) = (i + 1, j + 1);
        } else if j < b_rest.len() && longest[i][j + 1] > longest[i + 1][j] {
            j += 1;
        } else {
            found.push(None);
            i += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "# mine\n[core]\n\tbare = true\n  x = 1\n[user]\n\tname = A";
    const AFTER: &str =
        "# mine\n[core]\n  x = 1\n[user]\n\tname = A\n[extensions]\n\tworktreeConfig = true\n";

    #[track_caller]
    fn check(now: Option<&str>, expect: Option<&str>) {
        let text = |text: &str| Some(Text::Utf8(text.to_owned()));
        let edit = Edit { file: "config".into(), before: text(BEFORE), after: text(AFTER) };
        let undone = edit.undone(now.map(|now| now.as_bytes().to_vec()).as_ref()).expect("undone");
        assert_eq!(undone.map(|undone| String::from_utf8(undone).expect("text")).as_deref(), expect);
    }

    #[test]
    fn an_untouched_file_becomes_what_it_was() {
        check(Some(AFTER), Some(BEFORE));
        check(Some(BEFORE), Some(BEFORE));
        check(None, None);
    }

    #[test]
    fn what_others_wrote_stays_and_our_lines_go() {
        let theirs = "[remote \"o\"] # theirs\n\turl = x\n";
        let rest = "# mine\n[core]\n\tbare = true\n  x = 1\n[user]\n\tname = A\n";
        check(Some(&format!("{AFTER}{theirs}")), Some(&format!("{rest}{theirs}")));
        let between = AFTER.replace("[extensions]", "[x]\n\ty = 1\n[extensions]");
        check(Some(&between), Some(&format!("{rest}[x]\n\ty = 1\n")));
    }

    #[test]
    fn a_section_of_ours_that_others_use_stays() {
        let now = AFTER.replace("worktreeConfig = true\n", "worktreeConfig = true\n\tnoop = true\n");
        check(
            Some(&now),
            Some("# mine\n[core]\n  x = 1\n  bare = true\n[user]\n\tname = A\n[extensions]\n\tnoop = true\n"),
        );
    }

    #[test]
    fn what_others_changed_of_ours_is_theirs() {
        let now = AFTER.replace("worktreeConfig = true", "worktreeConfig = false");
        check(
            Some(&now),
            Some(
                "# mine\n[core]\n  x = 1\n  bare = true\n[user]\n\tname = A\n[extensions]\n\tworktreeConfig = false\n",
            ),
        );
    }
}
