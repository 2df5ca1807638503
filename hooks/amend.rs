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

    /// What becomes of HEAD.
    pub fn head(&self) -> HeadBecomes {
        let amends = |word: &String| word.len() > "--a".len() + 1 && "--amend".starts_with(word.as_str());
        if self.options().any(amends) { HeadBecomes::Replaced } else { HeadBecomes::Parent }
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
        let words = self.words.iter().flatten();
        words.skip(1).any(|word| matches!(word.as_str(), "cherry-pick" | "revert" | "rebase" | "am"))
    }

    fn options(&self) -> impl Iterator<Item = &String> {
        let words = self.words.iter().flatten().skip(1).take_while(|word| *word != "--");
        words.filter(|word| word.starts_with('-'))
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
