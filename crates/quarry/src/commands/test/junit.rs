//! Results as JUnit XML: a suite for each pack, a test case for each detection and case.

use quarry_pack::results::{CaseResults, DetectionResult, TestResults, Verdict};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::failure::{Failure, Outcome};

/// The report as text.
pub fn text(results: &TestResults) -> Outcome<String> {
    let mut report = Report::new("quarry test");
    for pack in &results.packs {
        let mut suite = TestSuite::new(pack.technique.clone().unwrap_or_else(|| pack.name.clone()));
        for case in &pack.cases {
            suite.add_test_cases(case.results.iter().map(|result| test_case(case, result)));
        }
        report.add_test_suite(suite);
    }
    report.to_string().map_err(|error| Failure::inner("write JUnit XML", error))
}

fn test_case(case: &CaseResults, result: &DetectionResult) -> TestCase {
    let status = match result.verdict {
        Verdict::Pass => TestCaseStatus::success(),
        verdict => {
            let kind =
                if verdict == Verdict::Error { NonSuccessKind::Error } else { NonSuccessKind::Failure };
            let mut status = TestCaseStatus::non_success(kind);
            status.set_type(verdict.word()).set_message(result.why.clone().unwrap_or_default());
            status
        }
    };
    let mut test = TestCase::new(case.id.clone(), status);
    test.set_classname(result.detection.clone());
    test
}
