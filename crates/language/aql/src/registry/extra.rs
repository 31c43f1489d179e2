//! Functions that public queries use although AQL lacks them, and that can be run all the same.
//! How each is run stands in `lower/extra`.

use quarry_plan::Type;

use super::{Function, Parameter::Any, Role};

const fn extra(
    signature: &'static str,
    meaning: &'static str,
    required: usize,
    most: usize,
    result: Type,
    advice: &'static str,
) -> Function {
    const PARAMETERS: &[super::Parameter] = &[Any; 4];
    Function {
        name: super::name_of(signature),
        signature,
        meaning,
        page: "",
        role: Role::Extra(advice),
        parameters: PARAMETERS.split_at(if most > 4 { 4 } else { most }).0,
        required,
        repeats: most > 4,
        result,
    }
}

const fn part(
    signature: &'static str,
    meaning: &'static str,
    result: Type,
    advice: &'static str,
) -> Function {
    extra(signature, meaning, 1, 1, result, advice)
}

/// Any number of arguments.
const MANY: usize = usize::MAX;

const GROUP: &str = "AQL cannot join the values of a group";
const ARITHMETIC: &str = "times are milliseconds: add, subtract and divide them";

pub(super) static TABLE: &[Function] = &[
    // Parts of a time.
    part(
        "HOUR(time)",
        "The hour of the day, 0 to 23, in UTC.",
        Type::Integer,
        "write DATEFORMAT(time, 'HH')",
    ),
    part("MINUTE(time)", "The minute of the hour.", Type::Integer, "write DATEFORMAT(time, 'mm')"),
    part("SECOND(time)", "The second of the minute.", Type::Integer, "write DATEFORMAT(time, 'ss')"),
    part("DAY(time)", "The day of the month.", Type::Integer, "write DATEFORMAT(time, 'dd')"),
    part("DAYOFMONTH(time)", "The day of the month.", Type::Integer, "write DATEFORMAT(time, 'dd')"),
    part(
        "DAYOFWEEK(time)",
        "The day of the week, Sunday is 1.",
        Type::Integer,
        "write DATEFORMAT(time, 'u')",
    ),
    part("DAYOFYEAR(time)", "The day of the year.", Type::Integer, "write DATEFORMAT(time, 'D')"),
    part("DAYNAME(time)", "The name of the weekday.", Type::Text, "write DATEFORMAT(time, 'EEEE')"),
    part("WEEK(time)", "The week of the year.", Type::Integer, "write DATEFORMAT(time, 'w')"),
    part("MONTH(time)", "The month, 1 to 12.", Type::Integer, "write DATEFORMAT(time, 'MM')"),
    part("MONTHNAME(time)", "The name of the month.", Type::Text, "write DATEFORMAT(time, 'MMMM')"),
    part("QUARTER(time)", "The quarter of the year, 1 to 4.", Type::Integer, "divide the month by 3"),
    part("YEAR(time)", "The year.", Type::Integer, "write DATEFORMAT(time, 'yyyy')"),
    part("DATE(time)", "The date as text.", Type::Text, "write DATEFORMAT(time, 'yyyy-MM-dd')"),
    part("TIME(time)", "The time of the day as text.", Type::Text, "write DATEFORMAT(time, 'HH:mm:ss')"),
    // Arithmetic on times.
    extra("DATEADD(unit, amount, time)", "A time moved by so many units.", 3, 3, Type::Integer, ARITHMETIC),
    extra(
        "DATESUB(unit, amount, time)",
        "A time moved back by so many units.",
        3,
        3,
        Type::Integer,
        ARITHMETIC,
    ),
    extra("DATEDIFF(unit, from, to)", "Whole units between two times.", 3, 3, Type::Integer, ARITHMETIC),
    extra("TIMESTAMPDIFF(unit, from, to)", "Whole units between two times.", 3, 3, Type::Integer, ARITHMETIC),
    extra("DATE_TRUNC(unit, time)", "The start of the unit.", 2, 2, Type::Integer, ARITHMETIC),
    extra("CURRENT_TIMESTAMP()", "The time of the query.", 0, 0, Type::Integer, "write NOW()"),
    extra("GETDATE()", "The time of the query.", 0, 0, Type::Integer, "write NOW()"),
    // Nulls.
    extra(
        "COALESCE(value, ...)",
        "The first value that is not null.",
        1,
        MANY,
        Type::Null,
        "write `IF a IS NULL THEN b ELSE a`",
    ),
    extra(
        "IFNULL(value, other)",
        "The other value where the first is null.",
        2,
        2,
        Type::Null,
        "write `IF a IS NULL THEN b ELSE a`",
    ),
    extra(
        "NVL(value, other)",
        "The other value where the first is null.",
        2,
        2,
        Type::Null,
        "write `IF a IS NULL THEN b ELSE a`",
    ),
    extra(
        "ISNULL(value, other)",
        "The other value where the first is null; alone, whether it is null.",
        1,
        2,
        Type::Null,
        "write `x IS NULL`",
    ),
    extra(
        "NULLIF(value, other)",
        "Null where both are equal, else the first.",
        2,
        2,
        Type::Null,
        "write `IF a = b THEN NULL ELSE a`",
    ),
    extra(
        "IIF(condition, then, else)",
        "One value or the other.",
        3,
        3,
        Type::Null,
        "write `IF c THEN a ELSE b`",
    ),
    // Numbers.
    extra(
        "ABS(number)",
        "The number without its sign.",
        1,
        1,
        Type::Double,
        "write `IF x < 0 THEN -x ELSE x`",
    ),
    extra("CEIL(number)", "The next whole number up.", 1, 1, Type::Double, "LONG(x) drops the fraction"),
    extra("CEILING(number)", "The next whole number up.", 1, 1, Type::Double, "LONG(x) drops the fraction"),
    extra("FLOOR(number)", "The next whole number down.", 1, 1, Type::Double, "LONG(x) drops the fraction"),
    extra("MOD(number, by)", "The remainder.", 2, 2, Type::Double, "write `a % b`"),
    extra("POW(number, by)", "The number raised to a power.", 2, 2, Type::Double, "write `a ^ b`"),
    extra("POWER(number, by)", "The number raised to a power.", 2, 2, Type::Double, "write `a ^ b`"),
    extra(
        "ROUND(number, places)",
        "The number rounded.",
        1,
        2,
        Type::Double,
        "LONG(x + 0.5) rounds a positive number",
    ),
    extra("SQRT(number)", "The square root.", 1, 1, Type::Double, "write `x ^ 0.5`"),
    extra("TRUNC(number, places)", "The number cut off.", 1, 2, Type::Double, "LONG(x) drops the fraction"),
    extra(
        "TRUNCATE(number, places)",
        "The number cut off.",
        1,
        2,
        Type::Double,
        "LONG(x) drops the fraction",
    ),
    extra("FLOAT(value)", "The value as a number.", 1, 1, Type::Double, "write DOUBLE(x)"),
    extra("INT(value)", "The value as a whole number.", 1, 1, Type::Integer, "write LONG(x)"),
    extra("INTEGER(value)", "The value as a whole number.", 1, 1, Type::Integer, "write LONG(x)"),
    extra("TO_NUMBER(value)", "The value as a number.", 1, 1, Type::Double, "write DOUBLE(x)"),
    // Texts.
    extra("CHAR_LENGTH(text)", "The number of characters.", 1, 1, Type::Integer, "write STRLEN(x)"),
    extra(
        "CONTAINS(text, part)",
        "Whether a text holds another.",
        2,
        2,
        Type::Boolean,
        "write `x LIKE '%part%'`",
    ),
    extra(
        "ENDSWITH(text, part)",
        "Whether a text ends with another.",
        2,
        2,
        Type::Boolean,
        "write `x LIKE '%part'`",
    ),
    extra(
        "ICU4JSEARCH(part, text)",
        "Where the part stands in the text, in any case; -1 if nowhere.",
        2,
        2,
        Type::Integer,
        "write `UTF8(payload) ILIKE '%part%'`",
    ),
    extra(
        "INSTR(text, part)",
        "Where the part stands, counted from 1; 0 if nowhere.",
        2,
        2,
        Type::Integer,
        "write STRPOS(x, part)",
    ),
    extra("LCASE(text)", "The text in lower case.", 1, 1, Type::Text, "write LOWER(x)"),
    extra("LEFT(text, length)", "The first characters.", 2, 2, Type::Text, "write SUBSTRING(x, 0, n)"),
    extra("LEN(text)", "The number of characters.", 1, 1, Type::Integer, "write STRLEN(x)"),
    extra("LENGTH(text)", "The number of characters.", 1, 1, Type::Integer, "write STRLEN(x)"),
    extra(
        "LTRIM(text)",
        "The text without blanks at its start.",
        1,
        1,
        Type::Text,
        "write REPLACEFIRST('^\\s+', x, '')",
    ),
    extra(
        "REPLACE(text, part, by)",
        "The text with every occurrence of a part replaced.",
        3,
        3,
        Type::Text,
        "write REPLACEALL(regex, x, by)",
    ),
    extra(
        "RIGHT(text, length)",
        "The last characters.",
        2,
        2,
        Type::Text,
        "write SUBSTRING(x, STRLEN(x) - n)",
    ),
    extra(
        "RTRIM(text)",
        "The text without blanks at its end.",
        1,
        1,
        Type::Text,
        "write REPLACEFIRST('\\s+$', x, '')",
    ),
    extra(
        "STARTSWITH(text, part)",
        "Whether a text begins with another.",
        2,
        2,
        Type::Boolean,
        "write `x LIKE 'part%'`",
    ),
    extra(
        "SUBSTR(text, start, length)",
        "Part of a text; the first character is 1.",
        2,
        3,
        Type::Text,
        "write SUBSTRING(x, start, length), which counts from 0",
    ),
    extra("TO_STRING(value)", "The value as text.", 1, 1, Type::Text, "write STR(x)"),
    extra("TOLOWER(text)", "The text in lower case.", 1, 1, Type::Text, "write LOWER(x)"),
    extra("TOSTRING(value)", "The value as text.", 1, 1, Type::Text, "write STR(x)"),
    extra("TOUPPER(text)", "The text in upper case.", 1, 1, Type::Text, "write UPPER(x)"),
    extra(
        "TRIM(text)",
        "The text without blanks around it.",
        1,
        1,
        Type::Text,
        "write REPLACEALL('^\\s+|\\s+$', x, '')",
    ),
    extra("UCASE(text)", "The text in upper case.", 1, 1, Type::Text, "write UPPER(x)"),
    // Groups.
    extra("ARRAY(value)", "The values of a group, joined by a comma.", 1, 1, Type::Text, GROUP),
    extra("ARRAY_AGG(value)", "The values of a group, joined by a comma.", 1, 1, Type::Text, GROUP),
    extra(
        "COUNT_DISTINCT(value)",
        "How many different values there are.",
        1,
        1,
        Type::Double,
        "write UNIQUECOUNT(x)",
    ),
    extra("GROUP_CONCAT(value, separator)", "The values of a group, joined.", 1, 2, Type::Text, GROUP),
    extra("LIST(value)", "The values of a group, joined by a comma.", 1, 1, Type::Text, GROUP),
    extra("STDDEV(number)", "The standard deviation of a sample.", 1, 1, Type::Double, "write STDEV(x)"),
    extra("STRING_AGG(value, separator)", "The values of a group, joined.", 1, 2, Type::Text, GROUP),
    // Lookups.
    extra(
        "LOGSOURCETYPEID(logsourceid)",
        "The number of the kind of log source.",
        1,
        1,
        Type::Integer,
        "the number is the field that LOGSOURCETYPENAME takes",
    ),
];
