//! Pages of the vendor that describe the functions.

/// Aggregation.
pub(super) const AGGREGATION: &str =
    "https://www.ibm.com/docs/SS42VS_latest/com.ibm.qradar.doc/r_aql_aggregate_functions.html";
/// Retrieval.
pub(super) const DATA: &str =
    "https://www.ibm.com/docs/SS42VS_latest/com.ibm.qradar.doc/r_aql_data_functions.html";
/// Operators.
pub(super) const OPERATORS: &str =
    "https://www.ibm.com/docs/SS42VS_latest/com.ibm.qradar.doc/r_aql_operators.html";
/// Statements and clauses.
pub(super) const SELECT: &str =
    "https://www.ibm.com/docs/en/SS42VS_7.5/com.ibm.qradar.doc/c_aql_introduction.html";
/// Conditional logic.
pub(super) const CONDITIONS: &str = "https://ibm.com/docs/en/SS42VS_7.4/pdf/b_qradar_aql.pdf";
/// Time ranges.
pub(super) const TIME: &str = "https://www.ibm.com/docs/en/SSKMKU/com.ibm.qradar.doc/r_aql_start_stop.html";
/// Sessions.
pub(super) const SESSIONS: &str =
    "https://www.ibm.com/docs/en/qsip/7.5?topic=sessions-transactional-query-refinements";
