//! The man pages of both programs, made from the same clap types that parse their arguments.
//!
//! One page for each program and one for each verb, in the order of git's own pages: NAME,
//! SYNOPSIS, DESCRIPTION, OPTIONS, COMMANDS, EXAMPLES, EXIT STATUS, ENVIRONMENT, SEE ALSO, GIT.
//! Besides there is the page of section 7 that says what holds against whom. The pages in `man/` are
//! these, and a test holds them equal.

pub mod security;

use std::io;

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, italic, roman};

use crate::cli::{orchestrate, worker};

/// One man page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Such as `git-orchestrate-plan.1`.
    pub file_name: String,
    /// The section that it belongs to.
    pub section: u8,
    /// The page as roff.
    pub roff: String,
}

/// Every page, sorted by program and then in the order of the verbs.
pub fn all() -> io::Result<Vec<Page>> {
    let mut pages = Vec::new();
    for mut program in [orchestrate::Program::command(), worker::Program::command()] {
        program = program.disable_help_subcommand(true);
        program.build();
        pages.push(page(&program, Place::Program)?);
        for verb in program.get_subcommands() {
            pages.push(page(verb, Place::Verb)?);
        }
    }
    pages.push(Page { file_name: format!("{}.7", security::NAME), section: 7, roff: security::roff() });
    Ok(pages)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Program,
    Verb,
}

fn page(command: &Command, place: Place) -> io::Result<Page> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let man = Man::new(command.clone().after_help(None::<&str>).after_long_help(None::<&str>))
        .title(name.to_uppercase())
        .source(concat!("git-orchestrate ", env!("CARGO_PKG_VERSION")))
        .manual("git-orchestrate manual");
    let mut out = Vec::new();
    man.render_title(&mut out)?;
    // A line that starts with a dot or a quote would be taken for a request; `Man` and `Roff` see
    // to that.
    name_section(&name, command).to_writer(&mut out)?;
    man.render_synopsis_section(&mut out)?;
    man.render_description_section(&mut out)?;
    if command.get_arguments().any(|argument| !argument.is_hide_set()) {
        man.render_options_section(&mut out)?;
    }
    if place == Place::Program {
        verbs_section(&name, command).to_writer(&mut out)?;
    }
    if let Some(examples) = command.get_after_long_help().or_else(|| command.get_after_help()) {
        examples_section(&examples.to_string()).to_writer(&mut out)?;
    }
    closing_sections(&name).to_writer(&mut out)?;
    let roff = String::from_utf8(out).map_err(io::Error::other)?;
    Ok(Page { file_name: format!("{name}.1"), section: 1, roff })
}

fn name_section(name: &str, command: &Command) -> Roff {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let mut roff = Roff::new();
    roff.control("SH", ["NAME"]);
    roff.text([roman(format!("{name} - {about}"))]);
    roff
}

fn verbs_section(name: &str, command: &Command) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["COMMANDS"]);
    for verb in command.get_subcommands().filter(|verb| !verb.is_hide_set()) {
        roff.control("TP", []);
        roff.text([bold(format!("{name}-{}", verb.get_name())), roman("(1)")]);
        roff.text([roman(verb.get_about().map(ToString::to_string).unwrap_or_default())]);
    }
    roff
}

fn examples_section(text: &str) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXAMPLES"]);
    roff.control("nf", []);
    for line in text.lines() {
        roff.text([roman(line)]);
    }
    roff.control("fi", []);
    roff
}

fn closing_sections(name: &str) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    for (code, meaning) in [
        ("0", "Done, or the answer is yes."),
        ("1", "The answer is no: findings, predicted conflicts, a refused commit, something kept."),
        ("2", "An error or wrong usage; nothing was left half-done."),
    ] {
        roff.control("TP", []);
        roff.text([bold(code)]);
        roff.text([roman(meaning)]);
    }
    roff.control("SH", ["ENVIRONMENT"]);
    for (variable, meaning) in [
        ("GIT_ORCHESTRATE_NOW", "Seconds since the epoch to take for the present, for reproducible output."),
        ("GIT_ORCHESTRATE_LOG", "What to log to standard error, such as debug or orchestrate::git=trace."),
        ("NO_COLOR", "When set, answers are never coloured."),
    ] {
        roff.control("TP", []);
        roff.text([bold(variable)]);
        roff.text([roman(meaning)]);
    }
    roff.control("SH", ["SEE ALSO"]);
    let others = ["git-orchestrate", "git-worker"].into_iter().filter(|other| *other != name);
    let mut line: Vec<_> = others.flat_map(|other| [bold(other), roman("(1), ")]).collect();
    line.extend([bold(security::NAME), roman("(7), ")]);
    line.extend([bold("git-worktree"), roman("(1), "), bold("githooks"), roman("(5)")]);
    roff.text(line);
    roff.control("SH", ["GIT"]);
    roff.text([
        roman("Part of the "),
        italic("git-orchestrate"),
        roman(" suite, which git finds by the name of its programs."),
    ]);
    roff
}
