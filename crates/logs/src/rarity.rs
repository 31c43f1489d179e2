//! Which bytes and pairs of bytes are rare in cloud logs, so that a search stops seldom for nothing.

/// Bytes from common to rare in JSON logs; what is not listed is rare.
const COMMON: &[u8] = b"\"eatnirosc:,dlumpgv.-ETIAS0123{}_hyfbwk/45NRCDP6789xPOLMUq";

/// Neighbouring bytes that make up at least a thousandth of the logs of one of the clouds in
/// `examples/logs`, from common to rare. No order is lost where a pair spans two lines: all are even.
const COMMON_PAIRS: &[u8] = concat!(
    "\":,\":\"\",esntstcee\"tiens/leanmpamcoonerinomtaperotealut{\"re:{e-nsme.cice.ncatou\"purogiose",
    "prnapld\"\"rs./ety\"ectec\"aIdves\"exxaloride-aypud\"c},gleais\"tooevytsspujeorgoetitlywscsopne",
    "ueoj.g}}n\"aucat\"ap\"src\"}edwetrsopivi.itsdithclmaiptIr\"cracaremidsiusol-wzoeuNaccraawls\"A",
    "gey\"liZXm\"top\"oscisu\"i-bllimrv/zYWeqquttrsZ\"_i\"ungiOdGfahoasibbuAtaWlcCot.Inlascheiem/iv",
    "cm/iLornagch/sda\"munt-airuhb\"g\"Milb/DeSIade/padd/c\"@@t\"ls:vbtL{}niebeIcyIDof\"hegZSXR:[e_",
    "nI@eeNIsNlmsrtSutT.aocabfteyAwfolIIjOizLuYo\"D\"nfe,CaOnotMahtiaCJtptll-gsg\"/gazmN:///el-c",
    "TyyIbnLCGUsIcG\"n:awimiirRORe-eAdupgcEviLIiDandmleib\"IADAbGrmtP/MVe\"TAS:tdHVznDodTLLSS_ul",
    "a\"eTry",
)
.as_bytes();

/// The higher, the rarer the byte.
pub(crate) fn rarity(byte: u8, ignore_case: bool) -> usize {
    let rank = |byte: u8| COMMON.iter().position(|known| *known == byte).unwrap_or(COMMON.len());
    if ignore_case { rank(byte).min(rank(byte.to_ascii_uppercase())) } else { rank(byte) }
}

/// The higher, the rarer the two bytes next to each other; beyond the listed pairs, the rarer byte counts.
fn pair_rarity(first: u8, second: u8, ignore_case: bool) -> (usize, usize) {
    let (pairs, _) = COMMON_PAIRS.as_chunks::<2>();
    let is_same = |known: &[u8; 2]| {
        if ignore_case { known.eq_ignore_ascii_case(&[first, second]) } else { *known == [first, second] }
    };
    let rank = pairs.iter().position(is_same).unwrap_or(pairs.len());
    (rank, rarity(first, ignore_case).max(rarity(second, ignore_case)))
}

/// Where in a needle the rarest two neighbouring bytes stand; none for one byte.
pub(crate) fn rarest_pair(needle: &[u8], ignore_case: bool) -> Option<usize> {
    let pairs = needle.array_windows().enumerate();
    let best = pairs.max_by_key(|(_, [first, second])| pair_rarity(*first, *second, ignore_case));
    best.map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rarest_pair_is_not_one_of_the_common() {
        let pair = |needle: &str, ignore_case| {
            let place = rarest_pair(needle.as_bytes(), ignore_case).unwrap_or_default();
            needle.get(place..place + 2).unwrap_or_default().to_owned()
        };
        assert_eq!(pair("\"eventTime\"", false), "Ti");
        assert_eq!(pair("\"data", true), "\"d");
        assert_eq!(rarest_pair(b"x", false), None);
    }
}
