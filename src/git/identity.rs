//! Who writes, and when: the names in commits and reflogs.

use anyhow::{Context, Result, ensure};
use gix::actor::Signature;
use gix::bstr::BString;

use super::Repository;
use crate::model::hint;

/// The two who sign a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::git) enum Role {
    Author,
    Committer,
}

impl Repository {
    /// The configured identity, and the time of this moment unless git's environment sets one.
    pub(in crate::git) fn identity(&self, role: Role) -> Result<Signature> {
        let (section, variable) = match role {
            Role::Author => ("author", "GIT_AUTHOR_DATE"),
            Role::Committer => ("committer", "GIT_COMMITTER_DATE"),
        };
        let unknown = || {
            hint::error(
                "git does not know who you are",
                "git config --global user.name <name>, and user.email <address>",
            )
        };
        let told = std::env::var_os(variable);
        let time = told.as_ref().map_or_else(|| Some(now()), |told| raw(told.to_str()?));
        let mut signature = match time {
            Some(time) => {
                let (name, email) = self.configured(section).ok_or_else(unknown)?;
                Signature { name, email, time }
            }
            None => self.dated_identity(role, variable)?.ok_or_else(unknown)?,
        };
        for part in [&mut signature.name, &mut signature.email] {
            *part = signed(part);
        }
        ensure!(!signature.name.is_empty(), unknown());
        Ok(signature)
    }

    /// The same with a date in git's environment that takes more to read.
    fn dated_identity(&self, role: Role, variable: &str) -> Result<Option<Signature>> {
        let configured = match role {
            Role::Author => self.gix.author(),
            Role::Committer => self.gix.committer(),
        };
        let signature = configured.transpose().with_context(|| format!("{variable} is no date"))?;
        Ok(signature.map(Signature::from))
    }

    /// Name and address, in the order in which git looks for them. gix knows them too, but it reads
    /// the names of all time zones of the system on the way.
    fn configured(&self, section: &str) -> Option<(BString, BString)> {
        let snapshot = self.gix.config_snapshot();
        let first = |keys: [String; 3]| keys.iter().find_map(|key| snapshot.string(key.as_str()));
        let value = |part: &str, fallback: &str| {
            first([format!("{section}.{part}"), format!("user.{part}"), fallback.to_owned()])
        };
        let of_us = |part: &str| snapshot.string(format!("gitoxide.{section}.{part}Fallback").as_str());
        let name = value("name", "gitoxide.user.nameFallback").or_else(|| of_us("name"))?;
        let email = value("email", "gitoxide.user.emailFallback").or_else(|| of_us("email"))?;
        Some((name, email))
    }

    /// The committer for a reflog, which needs a name even where nobody has configured one.
    pub(in crate::git) fn reflog_identity(&self) -> Signature {
        self.identity(Role::Committer).unwrap_or_else(|_| Signature {
            name: "git-orchestrate".into(),
            email: "git-orchestrate@localhost".into(),
            time: now(),
        })
    }
}

/// A name or an address as git signs it: without brackets, which end it, and without what is around it by
/// mistake, such as quotes.
fn signed(part: &BString) -> BString {
    let is_stray = |byte: &u8| *byte <= b' ' || b",:;<>\"\\'".contains(byte);
    let start = part.iter().position(|byte| !is_stray(byte)).unwrap_or(part.len());
    let end = part.iter().rposition(|byte| !is_stray(byte)).map_or(start, |last| last + 1);
    part[start..end].iter().copied().filter(|byte| !b"\n<>".contains(byte)).collect::<Vec<_>>().into()
}

/// A date in the form in which git-commit(1) tells its hooks when the commit was made: `@<seconds>
/// <offset>`. Of all other forms gix knows more.
fn raw(text: &str) -> Option<gix::date::Time> {
    let (seconds, offset) = text.strip_prefix('@')?.split_once(' ')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_raw = is_number(seconds) && offset.len() == 5 && is_number(offset.get(1..)?);
    is_raw.then(|| gix::date::parse_header(&text[1..])).flatten()
}

/// This moment, in the local time zone.
fn now() -> gix::date::Time {
    let now = chrono::Local::now();
    gix::date::Time::new(now.timestamp(), now.offset().local_minus_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_raw_form_is_read_as_gix_reads_it() {
        for text in ["@1700000000 +0000", "@0 +0000", "@1700000000 -0330", "@1700000000 +1345"] {
            let slowly = gix::date::parse(text, None).expect("a date");
            assert_eq!(raw(text), Some(slowly), "{text}");
        }
        for text in
            ["1700000000 +0000", "@1700000000", "@17a +0000", "@1 0000", "@1 +00:00", "yesterday", "@1 +é00"]
        {
            assert_eq!(raw(text), None, "{text}");
        }
    }
}
