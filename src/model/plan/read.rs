//! Any form of a plan: text in, plan and findings out.
//!
//! The one door for plans that people hand over. The recorded plan of a run goes straight to
//! [`toml::read`]: it was judged when it was recorded.

use crate::model::finding::Severity;
use crate::model::plan::draft::Draft;
use crate::model::plan::finding::{Form, Part, PlanFinding, Problem, Scope};
use crate::model::plan::place::{Lines, Located, Place};
use crate::model::plan::report::Report;
use crate::model::plan::resolve::Places;
use crate::model::plan::{Plan, check, markdown, resolve, toml};

/// How a plan is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writing {
    /// design.md section 4.
    Toml,
    /// A workstream proposal, anywhere in a document.
    Markdown,
}

/// A text that should be a plan.
#[derive(Debug, Clone, Copy)]
pub struct Source<'t> {
    /// The file's name, as findings give it; `stdin` for standard input.
    pub name: &'t str,
    /// What it holds.
    pub text: &'t str,
    /// The run's name, where the person gave one: it wins over the text's.
    pub run: Option<&'t str>,
}

/// What a text says.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The plan as far as it was understood, for showing; `None` if nothing of it was.
    pub plan: Option<Plan>,
    /// Everything that is wrong or doubtful, in the order of the file.
    pub findings: Vec<PlanFinding>,
    /// The file's name and where the plan's parts stand in it, to locate what is found later.
    origin: Option<(String, Places)>,
}

impl Reading {
    /// A plan that was recorded, with what is doubtful in it.
    pub fn of_recorded(plan: Plan) -> Reading {
        Reading { findings: check::check(&plan), plan: Some(plan), origin: None }
    }

    /// Adds what was found outside of the text.
    pub fn add(&mut self, finding: PlanFinding) {
        let finding = match &self.origin {
            Some((name, places)) => {
                let place = places.of(finding.about);
                finding.found(name, place)
            }
            None => finding,
        };
        self.findings.push(finding);
        self.findings.sort_by(|a, b| a.at.cmp(&b.at));
    }

    /// Whether anything stops `start`.
    pub fn has_errors(&self) -> bool {
        self.plan.is_none() || self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Whether the text is not even of the form of a plan, so that nothing can be said of its content.
    pub fn is_malformed(&self) -> bool {
        let malformed = |finding: &PlanFinding| {
            matches!(finding.problem, Problem::Form(Form::Syntax(_) | Form::Nul | Form::NoProposal))
        };
        self.findings.iter().any(malformed)
    }

    /// The plan, if nothing stops `start`.
    pub fn usable(&self) -> Option<&Plan> {
        self.plan.as_ref().filter(|_| !self.has_errors())
    }
}

/// Reads and checks a plan, and reports all that is found.
pub fn read(source: &Source<'_>) -> Reading {
    let mut report = Report::on(source.name);
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(source.text);
    let draft = match Writing::of(source.name, text) {
        _ if text.contains('\0') => {
            report.error(nul(text), Form::Nul);
            return Reading { plan: None, findings: report.into_findings(), origin: None };
        }
        Writing::Toml => toml::draft(text, &mut report),
        Writing::Markdown => named(markdown::draft(text, &mut report), source, &mut report),
    };
    let draft = renamed(draft, source.run);
    let resolved = resolve::resolve(draft, &mut report);
    if let Some(plan) = &resolved.plan {
        // What is missing because it was refused is not found missing again.
        let known = |finding: &PlanFinding| match (finding.about, &finding.problem) {
            (_, Problem::Scope(Scope::Empty { .. })) => true,
            (Part::Step(task, _), _) => resolved.partial_scopes.contains(&task),
            _ => false,
        };
        for finding in check::check(plan).into_iter().filter(|finding| !known(finding)) {
            let place = resolved.places.of(finding.about);
            report.add(finding, place);
        }
    }
    let origin = Some((source.name.to_owned(), resolved.places));
    Reading { plan: resolved.plan, findings: report.into_findings(), origin }
}

impl Writing {
    /// The form of a text, by the name of its file, else by its content.
    pub fn of(name: &str, text: &str) -> Writing {
        match name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).as_deref() {
            Some("toml") => Writing::Toml,
            Some("md" | "markdown") => Writing::Markdown,
            _ if markdown::is_proposal(text) => Writing::Markdown,
            _ => Writing::Toml,
        }
    }
}

/// A proposal seldom says how its run is called, so the file's name or the title does.
fn named(mut draft: Draft, source: &Source<'_>, report: &mut Report<'_>) -> Draft {
    /// File names that say what it is, not what it is about.
    const KINDS: [&str; 8] =
        ["plan", "proposal", "split", "readme", "workstreams", "issue", "orchestrate", "stdin"];
    if draft.run.is_some() || source.run.is_some() {
        return draft;
    }
    let start = Place { line: 1, column: 1 };
    let file = source.name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = file.split('.').next().unwrap_or_default();
    let of_file = Some(stem).filter(|stem| !KINDS.contains(&stem.to_ascii_lowercase().as_str()));
    let name = of_file.and_then(resolve::slug).or_else(|| draft.title.as_deref().and_then(resolve::slug));
    if name.is_none() && !draft.tasks.is_empty() {
        report.error_in_file(Form::NoRunName);
    }
    draft.run = name.map(|name| Located::new(name, start));
    draft
}

fn renamed(mut draft: Draft, run: Option<&str>) -> Draft {
    let place = draft.run.as_ref().map_or(Place { line: 1, column: 1 }, |run| run.place);
    if let Some(run) = run {
        draft.run = Some(Located::new(run.to_owned(), place));
    }
    draft
}

fn nul(text: &str) -> Place {
    Lines::of(text).place(text.find('\0').unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOML: &str = include_str!("../../../fixtures/analytics.toml");
    const MARKDOWN: &str = include_str!("../../../fixtures/analytics.md");

    fn source<'t>(name: &'t str, text: &'t str) -> Source<'t> {
        Source { name, text, run: None }
    }

    #[track_caller]
    fn check(source: Source<'_>, run: Option<&str>, findings: &[&str]) {
        let reading = read(&source);
        let said: Vec<String> = reading.findings.iter().map(ToString::to_string).collect();
        assert_eq!(said, findings, "{}", source.name);
        assert_eq!(reading.plan.as_ref().map(|plan| plan.run.as_str()), run, "{}", source.name);
    }

    #[test]
    fn every_form_is_read() {
        check(source("x/plan.toml", TOML), Some("analytics-dashboard"), &[]);
        check(source("stdin", TOML), Some("analytics-dashboard"), &[]);
        check(source("docs/Analytics Dashboard.md", MARKDOWN), Some("analytics-dashboard"), &[]);
        let titled = format!("# User analytics\n{MARKDOWN}");
        check(source("stdin", &titled), Some("user-analytics"), &[]);
        check(source("plan.md", &titled), Some("user-analytics"), &[]);
        check(Source { run: Some("mine"), ..source("stdin", MARKDOWN) }, Some("mine"), &[]);
        check(Source { run: Some("mine"), ..source("x.toml", TOML) }, Some("mine"), &[]);
        check(source("stdin", MARKDOWN), None, &["the run has no name"]);
        check(source("x.toml", "run = '\0'"), None, &["the file holds a NUL byte, so it is no text"]);
    }

    #[test]
    fn a_bad_part_hides_no_other() {
        let text =
            TOML.replace("\"api/analytics/\"", "\"/api/\"").replace("task-2/AnalyticsEvent", "task-2/Event");
        let reading = read(&source("p.toml", &text));
        let said: Vec<&str> = reading.findings.iter().map(PlanFinding::rule).collect();
        assert_eq!(said, ["scope/pattern", "needs/nobody-provides"], "reader and checks report together");
        assert!(
            reading.findings.iter().all(|finding| finding.at.as_ref().is_some_and(|at| at.place.is_some()))
        );
        assert!(reading.plan.is_some() && reading.usable().is_none(), "what is wrong is shown, not used");
    }
}
