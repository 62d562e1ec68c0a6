/**
 * English words that say nothing about a text's subject: articles, pronouns, auxiliaries, prepositions, conjunctions,
 * after the kinds that the Snowball project lists. Contractions are there as the halves that tokenising makes of them.
 */
const ARTICLES_AND_POINTERS =
  'a an the this that these those such same other another each both few more most some any own only';
const PRONOUNS =
  'i me my myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers ' +
  'herself it its itself they them their theirs themselves who whom whose which what';
const AUXILIARIES =
  'am is are was were be been being have has had having do does did doing would should could ought can cannot ' +
  'will shall may might must';
const PREPOSITIONS =
  'of at by for with about against between into through during before after above below to from up upon down in ' +
  'out on off over under among within without toward towards';
const CONJUNCTIONS = 'and but if or because as until while than nor so either neither whether';
const ADVERBS =
  'again further then once here there when where why how all too very not no just also thus hence therefore';
const HALVES_OF_CONTRACTIONS =
  's t d m re ve ll don didn doesn isn aren wasn weren hasn haven hadn won wouldn shan shouldn couldn mustn let';

export const STOP_WORDS: ReadonlySet<string> = new Set(
  [ARTICLES_AND_POINTERS, PRONOUNS, AUXILIARIES, PREPOSITIONS, CONJUNCTIONS, ADVERBS, HALVES_OF_CONTRACTIONS].flatMap(
    (words) => words.split(' '),
  ),
);
