//! What stands on the pages.

use std::path::Path;

use quarry_pack::{Packs, TestResults};
use quarry_server::Site;

/// Largest page.
const LARGEST: usize = 200_000;

fn fixture() -> Packs {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/site/packs");
    let mut packs = Packs::embedded().unwrap();
    packs.extend(Packs::load_dir(&folder).unwrap());
    packs
}

fn results() -> TestResults {
    serde_json::from_str(include_str!("../../../tests/site/results.json")).unwrap()
}

fn site(results: Option<TestResults>) -> Site {
    Site::new(fixture().packs, results).unwrap()
}

fn text(site: &Site, path: &str) -> String {
    site.file(path).unwrap().unwrap_or_else(|| panic!("no {path}")).text
}

/// The text of a page without its markup.
fn words(html: &str) -> String {
    let mut words = String::new();
    let mut inside = false;
    for one in html.chars() {
        match one {
            '<' => {
                inside = true;
                words.push(' ');
            }
            '>' => inside = false,
            _ if !inside => words.push(one),
            _ => {}
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_path_is_a_file_and_every_page_is_small() {
    for site in [site(None), site(Some(results()))] {
        for path in site.paths() {
            let file = text(&site, &path);
            if path.ends_with(".html") {
                assert!(file.len() < LARGEST, "{path}: {}", file.len());
            }
        }
        assert!(site.file("T9999/index.html").unwrap().is_none());
        assert!(site.file("../Cargo.toml").unwrap().is_none());
    }
}

#[test]
fn a_site_is_written_below_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let site = site(None);
    let written = site.write(folder.path()).unwrap();
    assert_eq!(written.files, site.paths().len());
    let query = std::fs::read_to_string(folder.path().join("T1578.002/launch.spl")).unwrap();
    let packs = Packs::embedded().unwrap();
    let pack = packs.packs.iter().find(|pack| pack.technique.as_deref() == Some("T1578.002")).unwrap();
    assert_eq!(query, pack.detections[0].text, "the download is the file, byte for byte");
}

#[test]
fn a_technique_has_all_its_sections() {
    let page = words(&text(&site(Some(results())), "T1580/index.html"));
    for expected in [
        "Tactic, ATT&amp;CK 19 Discovery",
        "aws:cloudtrail",
        "high from 60",
        "3 of 6 results are as expected; 1 miss, 1 false alarm, 1 wrong entity",
        "list.spl miss: kinds&gt;=3 at line 4, column 9 let no row pass",
        "list.aql expected to differ: the window of list.aql is an hour",
        "DescribeSnapshots by intruder, +1m",
        "aws ec2 describe-snapshots --owner-ids self",
        "Inventories and posture management",
        "actor equals arn:aws:iam::111122223333:role/inventory",
        "an intruder looks around, with one tool",
        "There is no Sigma rule of this technique here yet",
        "T1578.002 Create Cloud Instance",
        "T1526 Cloud Service Discovery at MITRE; no pack here",
    ] {
        assert!(page.contains(expected), "{expected}\n{page}");
    }
}

#[test]
fn without_results_cells_say_what_is_expected() {
    let page = words(&text(&site(None), "T1580/index.html"));
    assert!(page.contains("Not run for this page"), "{page}");
    assert!(!page.contains("results are as expected"));
}

#[test]
fn texts_of_packs_are_text() {
    let page = text(&site(None), "T1580/index.html");
    assert!(
        page.contains("&lt;b&gt;this&lt;/b&gt; is no markup") && page.contains("<code>eventName</code> only")
    );
    assert!(!page.contains("<script>alert"), "an author's markup is shown, not run");
    assert!(
        page.contains(r##"<a href="#playbook">playbook</a>"##),
        "a link to a file of the pack stays on the page"
    );
}

#[test]
fn queries_are_coloured_and_keep_their_text() {
    let page = text(&site(None), "T1580/spl.html");
    assert!(page.contains("<i class=c>``` lists of many kinds ```</i>"), "{page}");
    assert!(page.contains("| <i class=o>stats</i> <i class=f>dc</i>(eventName) <i class=k>as</i> kinds"));
    assert!(page.contains("<i class=m>1</i>&lt;<i class=m>2</i>"));
    let page = text(&site(None), "T1580/aql.html");
    assert!(page.contains("<i class=c>-- lists of many kinds</i>\n"));
    assert!(page.contains("<i class=f>UNIQUECOUNT</i>(<i class=n>&quot;Operation&quot;</i>)"));
    assert!(page.contains("<i class=k>ILIKE</i> <i class=s>&#39;Describe%&#39;</i>"));
}

#[test]
fn the_first_page_has_both_matrices_and_scores() {
    let page = text(&site(Some(results())), "index.html");
    for version in ["18", "19"] {
        assert!(page.contains(&format!("data-version=\"{version}\"")));
    }
    let page = words(&page);
    assert!(page.contains("Defense Impairment") && page.contains("Defense Evasion"));
    // Attack and evasion once a language, of which one is caught; the benign twin is silent in one of two.
    assert!(page.contains("T1580 Cloud Infrastructure Discovery 2/6"), "{page}");
}

#[test]
fn the_search_index_finds_by_words_of_the_description() {
    let script = text(&site(None), "search-index.js");
    let json = script.trim_start_matches("window.quarryIndex=").trim_end().trim_end_matches(';');
    let entries: Vec<serde_json::Value> = serde_json::from_str(json).unwrap();
    let found = entries.iter().find(|entry| entry["u"] == "T1578.002/index.html").unwrap();
    assert!(found["w"].as_str().unwrap().split(' ').any(|word| word == "snapshot"));
}

#[test]
fn nothing_is_loaded_from_elsewhere() {
    let site = site(Some(results()));
    for path in site.paths() {
        let file = text(&site, &path);
        if path.ends_with(".html") {
            for mark in
                ["src=\"http", "src=\"//", "rel=\"stylesheet\" href=\"http", "@import", "<iframe", "<img"]
            {
                assert!(!file.contains(mark), "{path}: {mark}");
            }
        }
        if path.ends_with(".css") {
            assert!(!file.contains("url("), "{path}");
        }
    }
}

#[cfg(unix)]
#[test]
fn links_lead_neither_out_of_a_pack_nor_out_of_the_site() {
    use std::{fs, os::unix::fs::symlink};
    let place = tempfile::tempdir().unwrap();
    let (secret, pack, out) =
        (place.path().join("secret.md"), place.path().join("pack"), place.path().join("out"));
    fs::write(&secret, "# Playbook\n\nmore than a pack should know").unwrap();
    fs::create_dir_all(pack.join("docs")).unwrap();
    fs::create_dir_all(&out).unwrap();
    let fixture = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/site/packs/T1580");
    for file in
        fs::read_dir(fixture).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file())
    {
        fs::copy(&file, pack.join(file.file_name().unwrap())).unwrap();
    }
    symlink(&secret, pack.join("docs/playbook.md")).unwrap();
    fs::write(pack.join("inside.md"), "# Strategy\n\nwhat a pack knows").unwrap();
    symlink(pack.join("inside.md"), pack.join("docs/detection.md")).unwrap();
    let pack = quarry_pack::Pack::load(&pack).unwrap();
    assert_eq!((pack.page("docs/playbook.md"), pack.page("docs/detection.md").is_some()), (None, true));
    let elsewhere = place.path().join("elsewhere");
    fs::create_dir_all(&elsewhere).unwrap();
    symlink(&elsewhere, out.join("T1580")).unwrap();
    let error = site(None).write(&out).unwrap_err().to_string();
    assert!(error.contains("T1580` is a link"), "{error}");
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
}
