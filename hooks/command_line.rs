//! What git was asked to do, as far as its command line tells.
//!
//! A hook is told neither that a commit replaces HEAD nor that `--no-verify` skipped another hook.
//! The command line of git, our parent, shows both. It is only ever used to judge more fitly, never
//! to let something pass that the judgement after the commit would not let pass: where it cannot be
//! read, an amend is judged as a commit of its own, and every check is made.

use orchestrate::ops::verdict::HeadBecomes;

/// The command that runs this hook.
pub struct Command {
    /// Program and arguments; `None` where they cannot be read.
    words: Option<Vec<String>>,
}

impl Command {
    /// The command line of the parent process.
    pub fn of_parent() -> Command {
        Command { words: parent_words() }
    }

    /// Whether it is git at all, and not a hook that calls another one.
    pub fn is_git(&self) -> bool {
        let program = self.words.iter().flatten().next().map(std::path::Path::new);
        let name = program.and_then(|program| program.file_stem()?.to_str());
        let is_ours = |name: &str| name.starts_with("git-orchestrate");
        name.is_some_and(|name| name == "git" || name.starts_with("git-") && !is_ours(name))
    }

    /// What becomes of HEAD.
    pub fn head(&self) -> HeadBecomes {
        let amends = |word: &String| match word.as_str() {
            word if word.len() >= "--am".len() && "--amend".starts_with(word) => Some(true),
            word if word.len() >= "--no-am".len() && "--no-amend".starts_with(word) => Some(false),
            _ => None,
        };
        match self.options().filter_map(amends).next_back() {
            Some(true) => HeadBecomes::Replaced,
            _ => HeadBecomes::Parent,
        }
    }

    /// The word of `--cleanup`, which says what becomes of the message's file.
    pub fn cleanup(&self) -> Option<String> {
        let is_option = |word: &str| word.len() >= "--c".len() && "--cleanup".starts_with(word);
        let words: Vec<&String> = self.words.iter().flatten().take_while(|word| *word != "--").collect();
        let value = |(at, word): (usize, &&String)| match word.split_once('=') {
            Some((option, value)) => is_option(option).then(|| value.to_owned()),
            None => is_option(word).then(|| words.get(at + 1).map(|next| (*next).clone()))?,
        };
        words.iter().enumerate().filter_map(value).next_back()
    }

    /// Whether the hooks before this one have run, as far as can be known.
    pub fn verifies(&self) -> bool {
        let skips = |word: &String| {
            let long = word.len() > "--no-".len() && "--no-verify".starts_with(word.as_str());
            let short = !word.starts_with("--") && word.contains('n');
            long || short
        };
        self.words.is_some() && !self.options().any(skips)
    }

    /// Whether it makes commits again that were judged when they were made first.
    pub fn replays(&self) -> bool {
        let subcommand = self.subcommand().unwrap_or_default();
        matches!(subcommand, "cherry-pick" | "revert" | "rebase" | "am")
    }

    /// The first word after git's own options; a later one may be a person's message.
    fn subcommand(&self) -> Option<&str> {
        let mut words = self.words.iter().flatten().skip(1).map(String::as_str);
        while let Some(word) = words.next() {
            match word {
                "-c" | "-C" | "--git-dir" | "--work-tree" | "--namespace" | "--config-env"
                | "--attr-source" => {
                    words.next();
                }
                _ if word.starts_with('-') => {}
                _ => return Some(word),
            }
        }
        None
    }

    fn options(&self) -> impl DoubleEndedIterator<Item = &String> {
        let words = self.words.as_deref().unwrap_or_default();
        let end = words.iter().position(|word| word == "--").unwrap_or(words.len());
        words[..end].iter().skip(1).filter(|word| word.starts_with('-'))
    }
}

#[cfg(target_os = "linux")]
fn parent_words() -> Option<Vec<String>> {
    let path = format!("/proc/{}/cmdline", std::os::unix::process::parent_id());
    let line = fs_err::read(path).ok()?;
    let words = line.split(|byte| *byte == 0).filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(|word| String::from_utf8_lossy(word).into_owned()).collect();
    (!words.is_empty()).then_some(words)
}

/// Words that hold spaces come apart here, which can only make more of them look like options.
#[cfg(all(unix, not(target_os = "linux")))]
fn parent_words() -> Option<Vec<String>> {
    let parent = std::os::unix::process::parent_id().to_string();
    let listed = std::process::Command::new("ps").args(["-o", "args=", "-p", &parent]).output().ok()?;
    let line = String::from_utf8_lossy(&listed.stdout).into_owned();
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    (!words.is_empty()).then_some(words)
}

#[cfg(not(unix))]
fn parent_words() -> Option<Vec<String>> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_on_cleaning_counts() {
        let check = |line: &str, expect: Option<&str>| {
            let words = line.split(' ').map(str::to_owned).collect();
            assert_eq!(Command { words: Some(words) }.cleanup().as_deref(), expect, "{line}");
        };
        check("git commit --cleanup=strip --clean verbatim", Some("verbatim"));
        check("git commit --cleanup=scissors -- --cleanup=strip", Some("scissors"));
        check("git commit --c=whitespace -m x", Some("whitespace"));
        check("git commit -m x", None);
    }

    #[test]
    fn an_amend_is_known_by_every_abbreviation() {
        let check = |line: &str, expect: HeadBecomes| {
            let words = line.split(' ').map(str::to_owned).collect();
            assert_eq!(Command { words: Some(words) }.head(), expect, "{line}");
        };
        check("git commit --am -m x", HeadBecomes::Replaced);
        check("git commit --amend --no-edit", HeadBecomes::Replaced);
        check("git commit --amend --no-am", HeadBecomes::Parent);
        check("git commit --no-amend --ame", HeadBecomes::Replaced);
        check("git commit --a", HeadBecomes::Parent);
        check("git commit -m x -- --amend", HeadBecomes::Parent);
    }

    #[test]
    fn only_gits_subcommand_tells_a_replay() {
        let check = |line: &str, expect: bool| {
            let words = line.split(' ').map(str::to_owned).collect();
            assert_eq!(Command { words: Some(words) }.replays(), expect, "{line}");
        };
        check("git rebase main", true);
        check("git -c user.name=am -C rebase cherry-pick abc", true);
        check("git commit -n -m am", false);
        check("git -c rebase commit", false);
        check("git --attr-source HEAD rebase main", true);
        check("git --attr-source rebase commit", false);
        check("/usr/bin/git --no-pager revert HEAD", true);
        check("git", false);
    }
}
