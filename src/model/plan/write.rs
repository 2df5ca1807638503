//! A plan as TOML, in the one form that git-orchestrate writes.
//!
//! What is written reads back as the same plan, and the same plan is always written with the same
//! bytes: the recorded plan of a run is compared by them. Keys that have their default are left out.

use crate::model::layout::{Layout, Part};
use crate::model::plan::toml::seconds_to_text;
use crate::model::plan::{
    BodyRule, DependencyMode, Generated, Integrate, Launch, Need, Plan, Protocol, Setup, Task, resolve,
};
use crate::model::scope::{Access, ScopeEntry};

/// The most characters of a list that stays on one line.
const LINE: usize = 96;

/// The plan's TOML form, ending in a line break.
pub fn toml(plan: &Plan) -> String {
    let mut out = String::new();
    pair(&mut out, "run", &text(plan.run.as_str()));
    if plan.title != plan.run.as_str() {
        pair(&mut out, "title", &text(&plan.title));
    }
    pair(&mut out, "base", &text(&plan.base));
    layout(&mut out, &plan.layout);
    match plan.dependencies {
        DependencyMode::Advisory => {}
        DependencyMode::Strict => pair(&mut out, "dependencies", &text("strict")),
        DependencyMode::None => pair(&mut out, "dependencies", &text("none")),
    }
    protocol(&mut out, &plan.protocol);
    setup(&mut out, &plan.setup);
    worker(&mut out, &plan.worker);
    integrate(&mut out, &plan.integrate);
    // A number that is written changes what those without one get, so all are written or none is.
    let numbers_differ = plan.tasks.iter().map(|task| task.number).ne(default_numbers(plan));
    for task in &plan.tasks {
        self::task(&mut out, task, numbers_differ);
    }
    out
}

/// The line or lines of a task that give its scope.
pub fn scope(entries: &[ScopeEntry]) -> String {
    let mut out = String::new();
    list(&mut out, "scope", &entries.iter().map(entry).collect::<Vec<_>>());
    out
}

fn layout(out: &mut String, layout: &Layout) {
    if let Some(name) = layout.name() {
        if *layout != Layout::default() {
            pair(out, "layout", &text(name));
        }
        return;
    }
    pair(out, "branch", &text(layout.template(Part::Branch)));
    pair(out, "worktree", &text(layout.template(Part::Worktree)));
    pair(out, "integration", &text(layout.template(Part::Integration)));
}

fn protocol(out: &mut String, protocol: &Protocol) {
    if *protocol == Protocol::default() {
        return;
    }
    out.push_str("\n[protocol]\n");
    match protocol.body {
        BodyRule::Warn => {}
        BodyRule::Off => pair(out, "body", &text("off")),
        BodyRule::Require => pair(out, "body", &text("require")),
    }
    texts(out, "evidence", &protocol.evidence);
    if protocol.guard {
        pair(out, "guard", "true");
    }
    if protocol.push {
        pair(out, "push", "true");
    }
}

fn setup(out: &mut String, setup: &Setup) {
    if *setup == Setup::default() {
        return;
    }
    out.push_str("\n[setup]\n");
    texts(out, "copy", &setup.copy);
    if let Some(port) = &setup.port {
        let value = format!("{{ file = {}, variable = {} }}", text(&port.file), text(&port.variable));
        pair(out, "port", &value);
    }
    texts(out, "run", &setup.run);
    if setup.sparse {
        pair(out, "sparse", "true");
    }
}

fn worker(out: &mut String, worker: &Launch) {
    if *worker == Launch::default() {
        return;
    }
    out.push_str("\n[worker]\n");
    texts(out, "command", &worker.command);
    if let Some(seconds) = worker.timeout_seconds {
        pair(out, "timeout", &text(&seconds_to_text(seconds)));
    }
}

fn integrate(out: &mut String, integrate: &Integrate) {
    if *integrate == Integrate::default() {
        return;
    }
    out.push_str("\n[integrate]\n");
    let file = |one: &Generated| format!("{{ path = {}, run = {} }}", text(&one.path), text(&one.run));
    list(out, "generated", &integrate.generated.iter().map(file).collect::<Vec<_>>());
}

fn task(out: &mut String, task: &Task, with_number: bool) {
    out.push_str("\n[[task]]\n");
    pair(out, "name", &text(task.name.as_str()));
    if with_number {
        pair(out, "number", &task.number.to_string());
    }
    if task.title != resolve::title_of(&task.name) {
        pair(out, "title", &text(&task.title));
    }
    out.push_str(&scope(&task.scope));
    texts(out, "steps", &task.steps);
    texts(out, "checkpoints", &task.checkpoints);
    let provides: Vec<String> = task.provides.iter().map(|item| text(item.as_str())).collect();
    if !provides.is_empty() {
        list(out, "provides", &provides);
    }
    texts(out, "remarks", &task.remarks);
    for need in &task.needs {
        self::need(out, need);
    }
}

fn entry(entry: &ScopeEntry) -> String {
    let mut pairs = vec![format!("path = {}", text(entry.pattern.as_str()))];
    match &entry.access {
        Access::Edit => {}
        Access::Create => pairs.push("access = \"create\"".to_owned()),
        Access::Append { lines } => {
            pairs.push("access = \"append\"".to_owned());
            pairs.extend(lines.as_ref().map(|lines| format!("lines = {}", text(lines))));
        }
    }
    pairs.extend(entry.why.as_ref().map(|why| format!("why = {}", text(why))));
    pairs.extend(entry.shared.then(|| "shared = true".to_owned()));
    pairs.extend(entry.submodule.then(|| "submodule = true".to_owned()));
    match pairs.len() {
        1 => text(entry.pattern.as_str()),
        _ => format!("{{ {} }}", pairs.join(", ")),
    }
}

fn need(out: &mut String, need: &Need) {
    out.push_str("\n[[task.needs]]\n");
    let default = match &need.item {
        Some(item) => {
            pair(out, "item", &text(&format!("{}/{item}", need.task)));
            item.as_str()
        }
        None => {
            pair(out, "task", &text(need.task.as_str()));
            need.task.as_str()
        }
    };
    if need.text != default {
        pair(out, "text", &text(&need.text));
    }
    let rest = [("purpose", &need.purpose), ("until_then", &need.until_then), ("contract", &need.contract)];
    for (key, value) in rest {
        if let Some(value) = value {
            pair(out, key, &text(value));
        }
    }
}

/// The numbers that the tasks would have if none were written.
fn default_numbers(plan: &Plan) -> Vec<u32> {
    resolve::default_numbers(&plan.tasks.iter().map(|task| Some(task.name.clone())).collect::<Vec<_>>())
}

fn pair(out: &mut String, key: &str, value: &str) {
    out.push_str(key);
    out.push_str(" = ");
    out.push_str(value);
    out.push('\n');
}

fn texts(out: &mut String, key: &str, values: &[String]) {
    if !values.is_empty() {
        list(out, key, &values.iter().map(|value| text(value)).collect::<Vec<_>>());
    }
}

fn list(out: &mut String, key: &str, values: &[String]) {
    let line = format!("[{}]", values.join(", "));
    if line.chars().count() + key.len() <= LINE && !line.contains('\n') {
        return pair(out, key, &line);
    }
    out.push_str(&format!("{key} = [\n"));
    for value in values {
        out.push_str(&format!("  {value},\n"));
    }
    out.push_str("]\n");
}

/// A string as TOML, quoted so that it reads best.
fn text(value: &str) -> String {
    toml_edit::Value::from(value).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::plan::toml::read;

    const EXAMPLE: &str = include_str!("../../../fixtures/analytics.toml");

    #[track_caller]
    fn reads_back(plan: &Plan) {
        let written = toml(plan);
        let again = read("written", &written).unwrap_or_else(|findings| panic!("{findings:#?}\n{written}"));
        assert_eq!(again, *plan, "what is written reads back as the same plan\n{written}");
        assert_eq!(toml(&again), written, "the same plan is written with the same bytes");
    }

    #[test]
    fn the_example_reads_back() {
        reads_back(&read("analytics.toml", EXAMPLE).expect("a plan"));
    }

    #[test]
    fn odd_texts_read_back() {
        let mut plan = read("analytics.toml", EXAMPLE).expect("a plan");
        let odd = [
            "a \"quoted\" 'word'",
            "two\nlines",
            "cr\r\nlf",
            "tab\t\u{1b}[0m",
            "'''",
            "\"\"\"",
            "\\d+ é \u{202e}",
        ];
        plan.tasks[0].steps = odd.map(str::to_owned).to_vec();
        plan.tasks[0].scope[0].why = Some(odd.join(""));
        plan.tasks[0].scope[1].access = Access::Append { lines: Some("^\\s*'x'\"".to_owned()) };
        plan.worker.command = odd.map(str::to_owned).to_vec();
        plan.worker.timeout_seconds = Some(5_401);
        plan.dependencies = DependencyMode::Strict;
        plan.tasks[2].number = 7;
        plan.layout = Layout::feature();
        reads_back(&plan);
        plan.layout = Layout::work().with(Part::Branch, "w/{task}").expect("a layout");
        reads_back(&plan);
    }
}
