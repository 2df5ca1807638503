//! What `git orchestrate verify` says to review pages: SARIF and GitHub's workflow commands, and the
//! job in the README that runs it.

use std::collections::BTreeSet;
use std::path::Path;

use orchestrate::model::finding::rules::RULES;
use serde_json::Value;

use crate::armed::Armed;
use crate::sandbox::Said;

const MODELS: &str = "task-2-models";

/// A run with a commit that no hook saw: a file outside of the scope, with a name that must be
/// escaped, and a line that may not be added.
fn sneaked() -> Armed {
    let run = Armed::new();
    run.write(MODELS, "docs/50%, a b:c.md", "x\n");
    run.write(MODELS, "imports.py", "import a\nimport b\nexec(1)\n");
    run.git(MODELS, &["add", "--all"]).ok();
    sneak(&run, &["commit", "-q", "-m", "Add things"]);
    run
}

fn sneak(run: &Armed, args: &[&str]) {
    run.git(MODELS, &[&["-c", "core.hooksPath=/dev/null"], args].concat()).ok();
}

fn sarif(run: &Armed) -> Value {
    let said = run.sandbox.git(&["orchestrate", "verify", "--format", "sarif"]);
    serde_json::from_str(&said.out).expect("JSON")
}

#[test]
fn sarif_has_the_form_of_its_standard() {
    let run = sneaked();
    run.sandbox.git(&["orchestrate", "verify", "--format", "sarif"]).fails(1);
    let log = sarif(&run);
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().is_some_and(|schema| schema.ends_with("/sarif-schema-2.1.0.json")));
    let one = &log["runs"][0];
    assert_eq!(one["automationDetails"]["id"], "git-orchestrate/demo/");
    assert_eq!(one["invocations"][0]["executionSuccessful"], true);
    let rules = one["tool"]["driver"]["rules"].as_array().expect("a list");
    for rule in rules {
        let text = |key: &str| rule[key]["text"].as_str().is_some_and(|text| text.ends_with('.'));
        assert!(text("shortDescription") && text("help"), "a rule says what it asks for: {rule}");
    }
    let results = one["results"].as_array().expect("a list");
    let ids: Vec<&str> = results.iter().filter_map(|result| result["ruleId"].as_str()).collect();
    assert_eq!(ids, ["scope/outside", "path/unportable", "scope/append", "message/prefix"]);
    let tip = run.git(MODELS, &["rev-parse", "HEAD"]).ok().out;
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("a number") as usize;
        assert_eq!(rules[index]["id"], result["ruleId"], "the index is that of the rule");
        assert_eq!(result["level"], "error");
        assert_eq!(result["properties"]["commit"], tip.trim());
        assert_eq!(result["properties"]["branch"], "work/task-2-models");
        let location = &result["locations"][0];
        assert_eq!(location["logicalLocations"][0]["name"], "work/task-2-models");
        assert!(location["physicalLocation"]["artifactLocation"]["uri"].is_string(), "{location}");
    }
    let place = |at: usize| &results[at]["locations"][0]["physicalLocation"];
    assert_eq!(place(0)["artifactLocation"]["uri"], "docs/50%25%2C%20a%20b%3Ac.md");
    assert_eq!(
        (&place(2)["artifactLocation"]["uri"], &place(2)["region"]["startLine"]),
        (&"imports.py".into(), &3.into())
    );
    assert_eq!(place(3)["artifactLocation"]["uri"], ".", "what is about no path is about the repository");
}

#[test]
fn a_finding_stays_the_same_one_after_a_rebase() {
    let run = sneaked();
    let prints = || -> Vec<Value> {
        let log = sarif(&run);
        let results = log["runs"][0]["results"].as_array().expect("a list").iter();
        results.map(|result| result["partialFingerprints"]["gitOrchestrate/v1"].clone()).collect()
    };
    let before = prints();
    assert_eq!(
        before.iter().map(Value::to_string).collect::<BTreeSet<_>>().len(),
        before.len(),
        "they differ"
    );
    run.sandbox.write("later.txt", "x\n");
    run.sandbox.git(&["add", "later.txt"]).ok();
    run.sandbox.git(&["commit", "-q", "-m", "The base goes on"]).ok();
    sneak(&run, &["rebase", "-q", "main"]);
    assert_eq!(prints(), before);
    sneak(&run, &["commit", "-q", "--allow-empty", "-m", "And again"]);
    let more = prints();
    assert_eq!(more[..4], before[..], "the second of a kind does not change the first");
    assert!(!before.contains(&more[4]), "and is another one");
}

#[test]
fn what_cannot_be_read_is_no_success() {
    let run = Armed::new();
    assert_eq!(sarif(&run)["runs"][0]["results"], serde_json::json!([]), "nothing wrong is a list, too");
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    run.commit(MODELS, "models/y.py", "[CHECKPOINT] Y").ok();
    // A clone that has one commit of each branch cannot tell what came before.
    let origin = format!("file://{}", run.sandbox.root.display());
    let clone = ["clone", "-q", "--bare", "--no-single-branch", "--depth=1", &origin, "../shallow.git"];
    run.sandbox.git(&clone).ok();
    let refs = "refs/orchestrate/*:refs/orchestrate/*";
    run.sandbox.git_in("../shallow.git", &["fetch", "-q", "--depth=1", "origin", refs]).ok();
    let verify =
        |format: &str| run.sandbox.git_in("../shallow.git", &["orchestrate", "verify", "--format", format]);
    let said = verify("github").fails(1);
    assert!(said.out.contains("::error title=unknown::"), "{}", said.out);
    let log: Value = serde_json::from_str(&verify("sarif").fails(1).out).expect("JSON");
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["toolExecutionNotifications"][0]["level"], "error");
}

#[test]
fn github_gets_a_command_for_each_finding() {
    let run = sneaked();
    let said = run.sandbox.git(&["orchestrate", "verify", "--format", "github", "task-2"]).fails(1);
    let id = run.git(MODELS, &["rev-parse", "--short=10", "HEAD"]).ok().out;
    let id = id.trim();
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines[0], "task-2-models: 1 commit, 4 violations");
    assert_eq!(
        lines[1],
        format!(
            "::error file=docs/50%25%2C a b%3Ac.md,title=task-2-models%3A scope/outside::docs/50%25, a b:c.md is \
             outside the scope of task-2-models; it belongs to task-3-docs ({id})%0Ato take it back: git restore -SW \
             --source={id}~ -- ':/docs/50%25, a b:c.md'%0Acommit [NEEDS:task-3/<item>] and let task-3 change it%0A\
             then: git commit -m \"[CHECKPOINT] Put back what was there\""
        )
    );
    assert!(
        lines[3].starts_with("::error file=imports.py,line=3,title=task-2-models%3A scope/append::"),
        "{}",
        lines[3]
    );
    assert!(lines[4].starts_with("::error title=task-2-models%3A message/prefix::"), "{}", lines[4]);
    assert_eq!(lines.len(), 5);
    let clean = Armed::new();
    let said = clean.sandbox.git(&["orchestrate", "verify", "--format", "github", "task-2"]).ok();
    assert_eq!(said.out, "task-2-models: 0 commits, nothing wrong\n");
}

/// The names that findings give themselves, read from where they do.
#[test]
fn every_rule_is_described() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/model/finding");
    let mut given = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.ends_with("rules.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a source");
        for name in text.split('"').skip(1).step_by(2) {
            let is_part =
                |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
            if name.split_once('/').is_some_and(|(group, rule)| is_part(group) && is_part(rule)) {
                given.insert(name.to_owned());
            }
        }
    }
    let described: BTreeSet<String> = RULES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(described, given, "src/model/finding/rules.rs describes exactly the rules that there are");
    assert!(RULES.is_sorted_by(|a, b| a.0 < b.0), "in order, for those who look one up");
}

/// The commands that the README shows for a job, run against a published repository.
#[test]
fn the_job_in_the_readme_works() {
    let readme = include_str!("../../README.md");
    let (_, shown) = readme.split_once("<!-- ci -->\n```sh\n").expect("the README shows the job");
    let (script, _) = shown.split_once("\n```").expect("it ends");
    let job = |run: &Armed| {
        run.sandbox.git(&["clone", "-q", "--bare", ".", "../published.git"]).ok();
        run.sandbox.git(&["push", "-q", "../published.git", "refs/orchestrate/*:refs/orchestrate/*"]).ok();
        let place = tempfile::tempdir().expect("a temporary directory");
        let mut shell = run.sandbox.command("bash", place.path());
        shell.args(["-e", "-c", script]).env("REPOSITORY", run.sandbox.root.join("../published.git"));
        Said::from(shell.output().expect("bash runs"))
    };
    let said = job(&sneaked()).fails(1);
    assert!(said.out.contains("scope/append"), "{}{}", said.out, said.err);
    let clean = Armed::new();
    clean.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    assert!(job(&clean).ok().out.contains("task-2-models"), "each branch is named");
}

/// The command that the README shows for a server, and what it is said to do.
#[test]
fn the_server_in_the_readme_judges() {
    let readme = include_str!("../../README.md");
    let (_, shown) = readme.split_once("<!-- server -->\n```sh\n").expect("the README shows it");
    let (command, _) = shown.split_once("\n```").expect("it ends");
    let run = Armed::new();
    run.sandbox.git(&["init", "-q", "--bare", "../server.git"]).ok();
    let mut shell = run.sandbox.command("bash", &run.sandbox.root.join("../server.git"));
    Said::from(shell.args(["-e", "-c", command]).output().expect("bash runs")).ok();
    let push = |what: &str| run.sandbox.git(&["push", "../server.git", what]);
    push("main").ok();
    push("refs/orchestrate/demo/plan").ok();
    run.commit(MODELS, "models/x.py", "[CHECKPOINT] X").ok();
    push("work/task-2-models").ok();
    run.write(MODELS, "docs/d.md", "mine\n");
    sneak(&run, &["commit", "-q", "-am", "[CHECKPOINT] Docs"]);
    let said = push("work/task-2-models").fails(1);
    let id = run.git(MODELS, &["rev-parse", "--short=7", "HEAD"]).ok().out;
    for words in ["work/task-2-models", id.trim(), "docs/d.md is outside the scope"] {
        assert!(said.err.contains(words), "it says which ref, which commit and why: {}", said.err);
    }
}

/// The workflow that the README shows is YAML that runs the same commands.
#[test]
fn the_workflow_in_the_readme_runs_what_was_tested() {
    let readme = include_str!("../../README.md");
    let (_, shown) = readme.split_once("<!-- ci -->\n```yaml\n").expect("the README shows a workflow");
    let (workflow, _) = shown.split_once("\n```").expect("it ends");
    for line in ["git orchestrate verify --format github", "'+refs/orchestrate/*:refs/orchestrate/*'"] {
        assert!(workflow.contains(line), "{line}");
    }
    assert!(!workflow.contains('\t'), "YAML knows no tabs");
}
