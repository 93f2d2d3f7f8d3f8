#include "cache/guard_words.h"

#include <string>
#include <unordered_map>

#include "base/assert.h"
#include "base/text.h"

namespace pk::cache {

namespace {

using Words = std::unordered_map<std::string_view, GuardWord>;

template <class F>
void each(std::string_view list, F&& f) {
  for (const std::string_view word : split_list(list, ' ')) f(word);
}

constexpr std::string_view k_denials =
    "not no never none nobody nothing nowhere neither nor cannot without unable except excluding non lack "
    "lacks lacking "
    "dont doesnt didnt isnt arent wasnt werent cant couldnt wont wouldnt shouldnt havent hasnt hadnt aint "
    "mustnt "
    "nicht kein keine keinen keinem keiner keines nie niemals niemand nichts ohne weder "
    "pas jamais rien aucun aucune sans nunca jamás nada nadie sin ningún ninguno ninguna tampoco mai niente "
    "nessuno senza "
    "não ninguém sem nenhum nenhuma niet geen nooit zonder niemand niets inte ikke aldrig ingen utan uden "
    "nie bez nigdy не нет без никогда ничего никто нельзя değil yok";

constexpr std::string_view k_begins =
    "what what's whats how how's why why's when when's where where's who who's whom whose which is are am "
    "was were be can "
    "could do does did will would shall should may might must has have had tell give show explain describe "
    "write list name "
    "please find get help make create define summarize summarise sum translate compare calculate compute "
    "convert say "
    "suggest recommend provide generate let let's the a an this that these those there there's here my your "
    "our their his "
    "her its it it's he she we you they if in on at for from to of with by and or but so as also then now "
    "hi hello hey thanks thank think solve answer use using try check fix add count draw design build "
    "outline discuss identify analyze analyse evaluate rewrite paraphrase propose mention tips ways steps "
    "yes okay ok "
    "i i'm i've i'd i'll any some all every each one both most many much more less before after during while "
    "since "
    "wie was wer wo wann warum welche welcher welches wieso ist sind kann kannst können der die das ein eine "
    "bitte "
    "erkläre sag nenne schreibe übersetze gib zeig in im "
    "comment pourquoi quand où quel quelle quels quelles que qui est peux pouvez le la les un une "
    "cómo qué cuál cuándo dónde por quién es el los las una puedes come cosa perché quando dove quale puoi "
    "il lo";

constexpr std::string_view k_functions =
    "the a an this that these those there here it its it's he she we you they them him her us me my your our "
    "their his i i'm "
    "i've i'd i'll is are am was were be been being do does did done doing has have had having can could "
    "will would shall "
    "should may might must of in on at for from to into onto with by about as than and or but so if then "
    "also just please "
    "what what's whats how how's why when where who whom whose which whether tell give show explain describe "
    "say let let's "
    "want need like know mean means get got some any there's way ways best good really very quick quickly "
    "easy easily right "
    "s t re ve ll d m";

struct LanguageWords {
  Language language;
  std::string_view words;
};
constexpr LanguageWords k_languages[] = {
    {english,
     "the is are was were what how why when where which who of and to in for with that this do does can you "
     "it my"},
    {german,
     "der die das ist sind war wie was warum wann wo welche wer und oder zu im für mit dass ein eine ich "
     "nicht es auf von den"},
    {french,
     "le la les est sont quel quelle comment pourquoi quand où et ou de du des un une pour avec que qui dans "
     "je ce il à"},
    {spanish,
     "el la los las es son qué cómo por cuál cuándo dónde y o de del un una para con que en se mi quién"},
    {italian,
     "il lo la gli le è sono che come perché quando dove quale e di del della un una per con si mi cosa"},
    {portuguese, "o a os as é são que como por quando onde qual e de do da um uma para com em se não meu"},
    {dutch,
     "de het een is zijn wat hoe waarom wanneer waar welke wie en of van voor met dat ik niet op te in"},
};

struct Dated {
  std::string_view date, words;
};
constexpr Dated k_dates[] = {
    {"jan", "january januar janvier enero gennaio janeiro januari"},
    {"feb", "february februar février febrero febbraio fevereiro februari"},
    {"mar", "märz mars marzo março maart"},
    {"apr", "april avril abril aprile"},
    {"may", "mai mayo maggio maio mei"},
    {"jun", "june juni juin junio giugno junho"},
    {"jul", "july juli juillet julio luglio julho"},
    {"aug", "august août agosto augustus"},
    {"sep", "september septembre septiembre settembre setembro"},
    {"oct", "october oktober octobre octubre ottobre outubro"},
    {"nov", "november novembre noviembre novembro"},
    {"dec", "december dezember décembre diciembre dicembre dezembro"},
    {"mon", "monday mondays montag lundi lunes lunedì maandag"},
    {"tue", "tuesday tuesdays dienstag mardi martes martedì dinsdag"},
    {"wed", "wednesday wednesdays mittwoch mercredi miércoles mercoledì woensdag"},
    {"thu", "thursday thursdays donnerstag jeudi jueves giovedì donderdag"},
    {"fri", "friday fridays freitag vendredi viernes venerdì vrijdag"},
    {"sat", "saturday saturdays samstag sonnabend samedi sábado sabato zaterdag"},
    {"sun", "sunday sundays sonntag dimanche domingo domenica zondag"},
    {"today", "today heute aujourd'hui hoy oggi hoje vandaag"},
    {"tonight", "tonight"},
    {"tomorrow", "tomorrow demain mañana domani amanhã"},
    {"yesterday", "yesterday gestern ayer ieri ontem gisteren"},
    {"winter", "winter invierno inverno hiver"},
    {"summer", "summer sommer verano estate été zomer"},
    {"autumn", "autumn herbst automne otoño autunno"},
    {"christmas", "christmas xmas weihnachten"},
    {"easter", "easter ostern"},
};
// Dates only with a capital letter that no sentence gives, or beside a number.
constexpr Dated k_capital_dates[] = {
    {"jan", "jan"},       {"feb", "feb"}, {"mar", "mar march"}, {"apr", "apr"},      {"may", "may"},
    {"jun", "jun"},       {"jul", "jul"}, {"aug", "aug"},       {"sep", "sep sept"}, {"oct", "oct"},
    {"nov", "nov"},       {"dec", "dec"}, {"mon", "mon"},       {"tue", "tue tues"}, {"wed", "wed"},
    {"thu", "thu thurs"}, {"fri", "fri"}, {"sat", "sat"},       {"sun", "sun"},
};

// Number words from zero; a place without one is "-".
constexpr std::string_view k_numbers[] = {
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen "
    "eighteen nineteen",
    "- - zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "- - deux trois quatre cinq - sept huit neuf dix onze douze",
    "- - dos tres cuatro cinco seis siete ocho nueve diez - doce",
};
constexpr std::string_view k_tens = "- - twenty thirty forty fifty sixty seventy eighty ninety";
constexpr std::string_view k_ordinals =
    "- first - third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth";

struct Axis {
  bool strict;
  std::string_view poles[4];
};
// The ends of an axis. A strict one must be named by both texts or by none; of another, both may not name
// different ends.
constexpr Axis k_axes[] = {
    {true, {"more greater", "less fewer lesser"}},
    {true, {"most", "least fewest"}},
    {true, {"before prior avant vor vorher antes", "after nach nachher après después"}},
    {true,
     {"min minimum minimal minimize minimise minimizing",
      "max maximum maximal maximize maximise maximizing"}},
    {true, {"last final latest latter", "next upcoming following", "previous preceding former"}},
    {true,
     {"increase increases increasing increased raise raises grow grows growing rise rising gain",
      "decrease decreases decreasing decreased reduce reduces reducing drop drops fall falls falling shrink "
      "decline"}},
    {true, {"above over exceeding", "below under beneath"}},
    {false, {"best", "worst"}},
    {true, {"better", "worse"}},
    {true, {"only solely exclusively"}},
    {false, {"highest tallest largest biggest longest", "lowest smallest shortest"}},
    {false, {"higher taller larger bigger longer", "lower smaller shorter"}},
    {false, {"high big large huge long tall", "low small tiny little short"}},
    {false, {"fast faster quicker speed", "slow slower slowly"}},
    {false, {"fastest quickest", "slowest"}},
    {false, {"cheap cheaper cheapest", "expensive pricier costly priciest"}},
    {false, {"early earlier earliest", "late later"}},
    {false, {"old older oldest", "new newer newest young younger youngest"}},
    {false, {"hot hotter hottest heat warm warmer warmest", "cold colder coldest cool cooler coolest"}},
    {false, {"strong stronger strongest", "weak weaker weakest"}},
    {false, {"hard harder difficult", "easy easier easiest simple"}},
    {false, {"north northern", "south southern", "east eastern", "west western"}},
    {false, {"left", "right"}},
    {false, {"up upward upwards", "down downward downwards"}},
    {false, {"inside internal", "outside external"}},
    {false, {"start starts starting begin begins beginning", "stop stops stopping end ends ending quit"}},
    {false, {"open opens opening", "close closes closing shut"}},
    {false, {"on", "off"}},
    {false, {"enable enables enabling allow", "disable disables disabling block deny forbid"}},
    {false, {"add adding append insert", "remove removing delete deleting erase"}},
    {false, {"buy buying purchase", "sell selling"}},
    {false, {"import importing", "export exporting"}},
    {false,
     {"encode encoding encrypt encryption encrypting", "decode decoding decrypt decryption decrypting"}},
    {false, {"upload uploading", "download downloading"}},
    {false, {"push", "pull"}},
    {false, {"send sending", "receive receiving"}},
    {false, {"read reading", "write writing"}},
    {false, {"login signin", "logout signout"}},
    {false, {"same similar similarities similarity", "different differ difference differences"}},
    {false,
     {"advantage advantages pro pros benefit benefits",
      "disadvantage disadvantages con cons drawback drawbacks downsides"}},
    {false, {"true", "false"}},
    {false, {"positive", "negative"}},
    {false, {"public", "private"}},
    {false, {"input inputs", "output outputs"}},
    {false, {"ascending asc", "descending desc"}},
    {false, {"male man men boy boys father husband king", "female woman women girl girls mother wife queen"}},
    {false, {"win winning won", "lose losing lost"}},
    {false,
     {"plus add sum addition", "minus subtract subtraction", "times multiply multiplied product",
      "divide divided division"}},
    {false, {"accept accepting", "reject rejecting refuse"}},
    {false, {"all every everyone always", "some sometimes"}},
    {false, {"horizontal horizontally", "vertical vertically"}},
    {false, {"row rows", "column columns"}},
    {false, {"majority", "minority"}},
    {false, {"legal", "illegal"}},
    {false, {"lend lending", "borrow borrowing"}},
    {false, {"teach teaching", "learn learning"}},
};
static_assert(std::size(k_axes) < k_guard_axes);

struct Unit {
  std::string_view unit, words;
};
constexpr Unit k_units[] = {
    {"km", "km kms kilometer kilometers kilometre kilometres"},
    {"m", "m meter meters metre metres"},
    {"cm", "cm centimeter centimeters centimetre centimetres"},
    {"mm", "mm millimeter millimeters millimetre millimetres"},
    {"mi", "mi mile miles"},
    {"ft", "ft foot feet"},
    {"in", "inch inches"},
    {"yd", "yd yard yards"},
    {"kg", "kg kgs kilo kilos kilogram kilograms"},
    {"g", "g gram grams"},
    {"mg", "mg milligram milligrams"},
    {"lb", "lb lbs pound pounds"},
    {"oz", "oz ounce ounces"},
    {"t", "ton tons tonne tonnes"},
    {"l", "l liter liters litre litres"},
    {"ml", "ml milliliter milliliters"},
    {"gal", "gallon gallons"},
    {"cup", "cup cups"},
    {"tbsp", "tbsp tablespoon tablespoons"},
    {"tsp", "tsp teaspoon teaspoons"},
    {"ms", "ms millisecond milliseconds"},
    {"s", "sec secs second seconds"},
    {"min", "min mins minute minutes"},
    {"h", "h hr hrs hour hours stunden"},
    {"d", "day days tage jours días"},
    {"wk", "week weeks wochen semaines semanas"},
    {"mo", "month months monate mois meses"},
    {"y", "yr yrs year years jahre ans años"},
    {"dec", "decade decades"},
    {"c", "century centuries"},
    {"$", "dollar dollars usd bucks"},
    {"€", "euro euros eur"},
    {"£", "gbp sterling"},
    {"¥", "yen jpy yuan"},
    {"₹", "rupee rupees inr"},
    {"%", "percent pct percentage prozent"},
    {"°C", "celsius °c"},
    {"°F", "fahrenheit °f"},
    {"K", "kelvin"},
    {"°", "degree degrees"},
    {"B", "byte bytes"},
    {"bit", "bit bits"},
    {"kB", "kb kilobyte kilobytes"},
    {"MB", "mb megabyte megabytes"},
    {"GB", "gb gigabyte gigabytes"},
    {"TB", "tb terabyte terabytes"},
    {"Hz", "hz hertz"},
    {"W", "watt watts"},
    {"V", "volt volts"},
    {"am", "am"},
    {"pm", "pm"},
    {"word", "word words"},
    {"px", "px pixel pixels"},
};

void add_numbers(Words& words) {
  const auto count = [&](std::string_view list, std::int64_t step, bool ordinal) {
    std::int64_t value = 0;
    each(list, [&](std::string_view word) {
      if (word != "-") {
        words[word].value = value;
        words[word].ordinal = ordinal;
      }
      value += step;
    });
  };
  for (const std::string_view list : k_numbers) count(list, 1, false);
  count(k_tens, 10, false);
  count(k_ordinals, 1, true);
  const auto scale = [&](std::string_view list, std::int64_t value) {
    each(list, [&](std::string_view word) {
      words[word].value = value;
      words[word].scale = true;
    });
  };
  scale("dozen", 12);
  scale("hundred hundreds", 100);
  scale("thousand thousands", 1000);
  scale("million millions", 1'000'000);
  scale("billion billions", 1'000'000'000);
}

void add_axes(Words& words) {
  std::uint8_t number = 0;
  for (const Axis& axis : k_axes) {
    ++number;
    std::uint8_t pole = 0;
    for (const std::string_view list : axis.poles) {
      ++pole;
      each(list, [&](std::string_view word) {
        GuardWord& known = words[word];
        if (known.axis != 0) return;  // the first axis that names it
        known.axis = number;
        known.pole = pole;
        known.strict = axis.strict;
      });
    }
  }
}

Words all_words() {
  Words words;
  each(k_denials, [&](std::string_view w) { words[w].denies = true; });
  each(k_begins, [&](std::string_view w) { words[w].begins = true; });
  each(k_functions, [&](std::string_view w) { words[w].function = true; });
  each("from to into than by before after over under minus versus vs against",
       [&](std::string_view w) { words[w].leads = true; });
  for (const auto& [language, list] : k_languages)
    each(list, [&, l = language](std::string_view w) { words[w].languages |= l; });
  for (const auto& [date, list] : k_dates)
    each(list, [&, d = date](std::string_view w) { words[w].date = d; });
  for (const auto& [date, list] : k_capital_dates)
    each(list, [&, d = date](std::string_view w) {
      words[w].date = d;
      words[w].date_if_capital = true;
    });
  for (const auto& [unit, list] : k_units)
    each(list, [&, u = unit](std::string_view w) { words[w].unit = u; });
  add_numbers(words);
  add_axes(words);
  return words;
}

}  // namespace

const GuardWord* guard_word(std::string_view word) {
  static const Words words = all_words();
  const auto found = words.find(word);
  return found == words.end() ? nullptr : &found->second;
}

}  // namespace pk::cache
