package bot

import (
	"slices"
	"strings"
	"unicode"
)

// Somebody, in English: enAgent is staff, enAnybody can also be anybody.
var (
	enAgent = oneOf(`human humans humen hooman human_being human_beings agent agents representative representatives rep reps operator csr manager supervisor
		team_leader customer_service_rep customer_service_agent customer_service_person customer_service_representative customer_care_agent
		support_agent support_person support_rep service_rep service_agent service_person service_representative live_chat live_support live_help live_person
		live_human live_agent live_rep live_representative live_operator live_assistance real_person real_people real_human real_humans real_agent real_one
		real_rep real_representative someone_real somebody_real anyone_real anybody_real actual_person actual_people actual_human actual_agent proper_person proper_human proper_agent human_agent
		human_representative human_operator human_help human_support human_assistance human_assistant`)
	enAnybody = oneOf(`person persons people someone somebody anyone anybody customer_service customer_support customer_care support_team support support_staff
		colleague colleagues one_of_your_colleagues one_of_your_people staff staff_member member_of_staff employee specialist advisor adviser associate helpdesk help_desk someone_else somebody_else`)
	enSmall = `(?:` + oneOf(`a an the some any one of your you guys another real live actual human proper different competent senior in please directly right staff
		customer service freaking damn bloody fucking`) + ` )*`
	enObject = oneOf(`me us this it that my_chat my_call my_case my_issue my_request my_question my_ticket the_chat the_call`)
	enOver   = oneOf(`over through on off directly up in_touch back`)
	// What may follow staff that is wanted: the end, or words that go on about wanting, not about something made of them.
	enAfter = `(?: ` + oneOf(`please pls plz now here instead who that for_help for_this for_assistance for_support on right asap immediately thanks thank_you thx
		because about to_help to_talk to_speak to_chat to_call to_contact to_assist to_look to_handle to_fix to_answer to_solve to_resolve to_deal to_sort
		to_check to_take to_review not and or directly available at today in_chat in_the_chat in_your_team this regarding if from could can would is are when
		as`) + `\b|$)`
)

// The English grammar. Its clauses are lower-case words without apostrophes, joined by single spaces.
var (
	enTalk = lazy(`\b` + oneOf(`talk speak chat prefer_talking prefer_speaking rather_be_talking mind_talking`) + ` ` + oneOf(`to with directly_to directly_with`) +
		` ` + enSmall + `(?:` + enAgent + `|` + enAnybody + `)\b`)
	enConnect = lazy(`\b` + oneOf(`connect connected transfer transferred switch switched put pass passed patch redirect redirected escalate escalated
		hand handed forward forwarded route get getting`) + `(?: ` + enObject + `(?: ` + enOver + `)*| ` + enOver + `) ` + oneOf(`to with`) + ` ` + enSmall + `(?:` + enAgent + `|` + enAnybody + `)\b`)
	enTransfer = lazy(`\b` + oneOf(`connect connected transfer transferred switch escalate escalated redirect`) + `(?: ` + enObject + `)? ` + oneOf(`to with`) + ` ` + enSmall + enAgent + `\b`)
	enGet      = lazy(`\b` + oneOf(`get give find send bring need needs want wanna wants wish_for would_like id_like like_to_have prefer request requesting require
		demand demanding gimme use reach contact message call have see ask_for asking_for looking_for page summon try`) +
		`(?: ` + oneOf(`me us to_have to_get to_reach to_contact to_see to_be_helped_by to_deal_with help_from hold_of in_touch_with for`) + `)* ` + enSmall + enAgent + enAfter)
	enIs = lazy(`\b` + oneOf(`is are isnt arent any`) + `(?: there)?(?: ` + oneOf(`a an any some`) + `)?(?: ` + oneOf(`real live actual human`) + `)* ` +
		oneOf(`human humans agent agents person persons people representative representatives rep reps operator operators human_being`) +
		`(?: ` + oneOf(`here there around available online alive on_duty who that i_can to_talk to_speak to_help at_your_end real`) + `\b|$)|\b` +
		oneOf(`anyone anybody somebody someone`) + ` ` + oneOf(`alive real human`) + `\b`)
	enCan = lazy(`\b` + oneOf(`can could may will would have let should must where_is where_are how_do how_can how_to when_can when_will why_cant why_is`) +
		` (?:` + oneOf(`i you we not no`) + ` )?(?:` + oneOf(`please get reach contact find have see`) + ` )*` + enSmall + enAgent +
		`(?:` + enAfter + `| ` + oneOf(`help call contact assist look reply respond answer take_over handle fix solve step_in get deal email phone join`) + `\b)`)
	// "Somebody" without a title is also whom parcels are for: nothing may stand before the verb but politeness, and nothing
	// behind it but who it shall be or what for.
	enLead   = oneOf(`please pls plz hi hello hey ok okay yes yeah no well then so just now look sorry urgent and can could would will you i we id ive want need like to to_have have gotta got_to must rather kindly simply`)
	enPerson = `(?:(?:a|an|another|any|some|one of your|your) )?(?:` + oneOf(`real live actual proper competent senior human different`) + ` )*` + oneOf(`someone somebody anyone anybody person persons human colleague colleagues people`)
	enForUs  = oneOf(`please pls plz now here asap right_now quickly thanks thx real instead else in_charge senior competent on on_here over_here to_me for_me for_us for_this for_help on_it
		on_the_phone on_the_line on_the_chat on_this_chat on_this in_here from_support from_your_team from_the_team from_your_company from_your_side first`)
	enWhoDoes = `(?:who|that|to) (?:(?:can|could|will|would|is|actually|really|finally|me|us|please|just) )*` + oneOf(`understand understands know knows decide decides help helps talk talks speak speaks speaking listen listens
		answer answers reply replies respond responds read reads think thinks deal deals handle handles fix fixes sort sorts solve solves explain explains look looks chat able allowed responsible competent
		real human alive`) + `\b.*`
	enSomebody = lazy(`^(?:` + enLead + ` )*` + oneOf(`get find send bring give gimme put call fetch need want`) + `(?: ` + oneOf(`me us through`) + `)? ` + enPerson +
		`(?:(?: ` + enForUs + `)* ` + enWhoDoes + `|(?: ` + enForUs + `)*)$`)
	enAnswers = lazy(`^(?:` + enLead + ` )*(?:let|have|get|make) ` + enPerson + `(?: real)? ` + oneOf(`answer reply respond read handle deal look take talk speak decide`) + `\b|` +
		`^(?:` + enLead + ` )*(?:someone|somebody|anyone|anybody|one) (?:from|in|of) (?:your|the) (?:team|company|staff|support|people|office|side) (?:please )?` + oneOf(`talk speak chat call answer reply respond help contact`) + `\b|` +
		`^(?:is|are) there (?:a |an |any |some |one of your )?colleagues? (?:i can|to|who|there|available|around)\b`)
	// A colleague of the bot, not of the customer; and whether there is nobody at all.
	enColleague = lazy(`^(?:` + enLead + ` )*(?:` + oneOf(`let have ask get`) + ` )?(?:your|one of your|a|another|some other) colleagues?(?: of yours)?(?: ` + oneOf(`to please maybe kindly`) + `)* ` +
		oneOf(`help assist answer reply respond take_over take_this_over take_a_look look_at look_into handle fix sort join step_in deal have_a_look`) + `\b|` +
		`^(?:` + enLead + ` )*ask (?:your|one of your|a|another) colleagues?(?: of yours)?(?: ` + oneOf(`please then instead about_this about_it for_me`) + `)*$`)
	enNobody = lazy(`^(?:so )?(?:` + oneOf(`is isnt can could cant will wont does doesnt why_is why_can why_does`) + ` )(?:there )?` + oneOf(`nobody no_one noone not_anyone not_anybody`) + ` (?:` +
		oneOf(`here there who that can could to able willing in_your_team at_your_company want wants ever`) + ` )*` + oneOf(`help answer answering reply respond assist solve talk speak`) + `\b`)
	enDealWith = lazy(`\b` + oneOf(`deal dealing`) + ` with (?:an? |some )?(?:` + oneOf(`real live actual human`) + ` )*` + oneOf(`people person human humans someone somebody`) + `(?: ` + oneOf(`please now here instead only not`) + `\b.*)?$|` +
		`^(?:` + enLead + ` )*who (?:can|could|do|should|may) (?:i|we) (?:please )?` + oneOf(`talk speak chat turn`) + ` to\b|` +
		`^(?:` + oneOf(`real actual human live`) + ` )?people only(?: please| now)?$`)
	enPolite = oneOf(`please pls plz hi hello hey ok okay yes yeah i id want need like to a an the my me get give just now real live actual human speak talk chat
		connect with for some can could would you transfer someone escalate ask so well sorry then only urgent more how do reach contact call immediately right
		away main menu zhuan 转 找 要 接`)
	enTail = oneOf(`please pls plz now asap thanks thank_you thx here ok only needed required right_now immediately available help support agent chat today instead
		wanted service this_instant human representative operator`)
	enOnly     = lazy(`^(?:` + enPolite + ` )*` + enAgent + `(?: ` + enTail + `)*$`)
	enOnlyWeak = lazy(`^(?:` + enPolite + ` )*` + oneOf(`person customer_service customer_support customer_care support_team`) + `(?: ` + enTail + `)*$`)
	enBot      = oneOf(`bot bots chatbot chatbots robot robots machine machines computer computers ai automated_system automated_replies automated_responses
		automated_messages automated_assistant virtual_assistant`)
	enNoBot = lazy(`\b` + oneOf(`dont do_not didnt did_not never no_need without wont shouldnt not neednt stop hate tired_of sick_of enough_of fed_up_with
		done_with rather_than instead_of refuse_to cant_stand anything_but besides`) + `(?: ` + oneOf(`want wanna wish like need care going`) + `)?(?: to)?(?: ` + oneOf(`giving_me sending_me`) + `)?(?: ` +
		oneOf(`be keep`) + `)?(?: ` + oneOf(`talk speak chat deal interact talking speaking chatting dealing arguing communicate communicating helped waste_time
		converse argue discuss_this`) + `)?(?: ` + oneOf(`to with by`) + `)?(?: ` + oneOf(`a an the this your these you stupid useless dumb damn silly bloody another some
		annoying automated fucking freaking`) + `)* ` + enBot + `(?: ` + oneOf(`anymore any_more again please now i for about answer answers reply replies response
		responses nonsense crap thing a_human a_person get give let when because at_all instead here`) + `\b|$)`)
	// Somebody shall ring; whom the courier shall ring ("call me when it arrives") is another matter.
	enRing   = lazy(`^(?:` + enLead + ` )*(?:` + oneOf(`call phone ring`) + ` (?:me|us) (?:back|up|please)|give (?:me|us) a (?:call|ring|callback)(?: back)?)(?: ` + enForUs + `)*$`)
	enNoBots = lazy(`^(?:please )?` + oneOf(`no stop no_more not_another enough not_a enough_with_the`) + ` (?:more )?(?:` + oneOf(`damn stupid the this these`) +
		` )*` + enBot + `(?: ` + oneOf(`please now anymore answers replies responses`) + `| i want.*| get me.*| human.*)?$|\bnot (?:a|an|some|the|your|this) (?:` +
		oneOf(`stupid dumb damn`) + ` )?` + enBot + `$`)
)

// What speaks against it, in English.
var (
	enIdentity = lazy(`^(?:(?:so|wait|hey|hi|hello|ok) )*` + oneOf(`am_i are_we are_you is_this r_u are_u was_that were_you is_it was_i is_that youre you_are this_is
		i_am im it_is its`) + `(?: ` + oneOf(`really actually still currently now just even`) + `)* ` + oneOf(`talking speaking chatting connected a an not_a not_an real human texting
		with`) + `\b|\b(?:if|whether) ` + oneOf(`you this it i u`) + ` ` + oneOf(`are is am`) + `\b`)
	enMust   = lazy(`^` + oneOf(`do does did will would should must`) + ` ` + oneOf(`i we you one customers`) + ` (?:really |actually |always )?` + oneOf(`have need got`) + ` to\b`)
	enRefuse = lazy(`\b` + oneOf(`dont do_not didnt did_not never no_need without wont shouldnt not neednt stop`) +
		`(?: ` + oneOf(`want need wish like have have_to going require wanna please`) + `)?(?: to)?(?: ` + oneOf(`be get have see ask for an any`) + `)*(?: ` +
		oneOf(`talk speak chat connect connected transfer transferred switch put pass escalate hand get need want contact call reach an any`) + `)?(?: ` +
		oneOf(`me us this it`) + `)?(?: ` + oneOf(`to with over through from`) + `)* ` + enSmall + `(?:` + enAgent + `|` + enAnybody + `)\b`)
	enCannot = lazy(`\b(?:` + oneOf(`why cant cannot couldnt unable still_not not_able havent not_letting wont_let can_i_not can_we_not do_you_not`) +
		`|not (?:been )?(?:connected|transferred|let))\b`)
	enPast = lazy(`\b` + oneOf(`i we they he she already just have had was were previously yesterday`) + `(?: ` + oneOf(`have had already just was were been finally`) +
		`)* ` + oneOf(`talked spoken spoke chatted contacted called reached_out emailed got_to_speak got_to_talk`) + `\b`)
	enOthers = lazy(`\b` + oneOf(`my our his her their travel estate insurance booking ticket shipping customs cleaning bleaching literary letting secret
		real_estate property recruitment free antibacterial bonding sales delivery store project account product bank case stock line hotel campaign office
		general assistant security foaming oxidising oxidizing raising thickening whitening drying leavening`) + ` ` +
		oneOf(`travel_agent estate_agent agent agents agency rep reps representative representatives manager managers supervisor operator operators specialist associate`) + `\b` +
		`|\bhuman ` + oneOf(`hand hands hair body size sized rights error made resources skin food grade ear eye touch race nature consumption teeth shaped anatomy
		figure voice contact trafficking`) + `\b|\b` + oneOf(`person people persons human humans`) + ` ` + oneOf(`tent tents table sofa hammock kayak bike boat set pack car
		jacuzzi household bed grade sized`) + `\b|\bsupport ` + oneOf(`bra pillow stocking socks belt cushion brace strap band apple bluetooth wireless fast android ios
		usb windows 5g international that`) + `\b|\b` + oneOf(`user password task file device download package window session gift order`) + ` managers?\b|\bthis person\b`)
)

// enSlips are common slips of the finger, with what was meant.
var enSlips = map[string]string{
	"agnet": "agent", "aegnt": "agent", "agant": "agent", "adgent": "agent", "agen": "agent", "huamn": "human", "humna": "human", "hman": "human",
	"humam": "human", "huma": "human", "hunan": "human", "represenative": "representative", "represntative": "representative",
	"representitive": "representative", "reprasentative": "representative", "respresentative": "representative", "representive": "representative",
	"operater": "operator", "oprator": "operator", "custmer": "customer", "costumer": "customer", "servise": "service", "sevice": "service",
}

// enHints are words of which a clause must have one to be looked at closer.
var enHints = wordSet(`human humans humen hooman person persons people agent agents rep reps representative representatives operator someone somebody
	anyone anybody manager supervisor service support staff bot bots chatbot chatbots robot robots machine machines computer computers ai live real leader
	specialist associate advisor adviser assistant employee colleague colleagues who csr desk helpdesk chat automated call phone ring nobody noone one`)

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// enShortText is how many words a text has at most that is nothing but the name of a department.
const enShortText = 7

func asksInEnglish(folded string) bool {
	all := sentences(folded)
	total := 0
	for _, s := range all {
		for _, clause := range s {
			total += len(clause)
		}
	}
	return slices.ContainsFunc(all, func(s [][]string) bool { return enSentenceAsks(s, total <= enShortText) })
}

// enSentenceAsks looks at a sentence, a list of clauses of words.
func enSentenceAsks(sentence [][]string, short bool) bool {
	var texts []string
	hint := false
	for _, words := range sentence {
		for i, w := range words {
			if meant, ok := enSlips[w]; ok {
				words[i] = meant
			}
			hint = hint || enHints[words[i]]
		}
		texts = append(texts, strings.Join(words, " "))
	}
	if !hint || enIdentity.MatchString(strings.Join(texts, " ")) {
		return false
	}
	return slices.ContainsFunc(texts, func(c string) bool { return enClauseAsks(c, short) })
}

func enClauseAsks(c string, short bool) bool {
	if enNoBot.MatchString(c) || enNoBots.MatchString(c) || enRing.MatchString(c) {
		return true
	}
	c = enOthers.ReplaceAllString(c, "○")
	if enRefuse.MatchString(c) && !enCannot.MatchString(c) || enPast.MatchString(c) || enMust.MatchString(c) {
		return false
	}
	if enSomebody.MatchString(c) || enAnswers.MatchString(c) || enDealWith.MatchString(c) || enColleague.MatchString(c) || enNobody.MatchString(c) {
		return true
	}
	return enOnly.MatchString(c) || short && enOnlyWeak.MatchString(c) || enTalk.MatchString(c) || enConnect.MatchString(c) ||
		enTransfer.MatchString(c) || enGet.MatchString(c) || enIs.MatchString(c) || enCan.MatchString(c)
}

// sentences cuts a text into sentences of clauses of plain words, apostrophes left out ("don't" is "dont").
func sentences(folded string) [][][]string {
	if strings.Contains(folded, "'") {
		folded = strings.ReplaceAll(folded, "'", "")
	}
	var all [][][]string
	var sentence [][]string
	var clause []string
	endClause := func() {
		if len(clause) > 0 {
			sentence, clause = append(sentence, clause), nil
		}
	}
	endSentence := func() {
		if endClause(); len(sentence) > 0 {
			all, sentence = append(all, sentence), nil
		}
	}
	start := -1
	for i, r := range folded {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			clause, start = append(clause, folded[start:i]), -1
		}
		switch {
		case strings.ContainsRune(".。!！?？;；\n", r):
			endSentence()
		case strings.ContainsRune(",，:：", r):
			endClause()
		}
	}
	if start >= 0 {
		clause = append(clause, folded[start:])
	}
	endSentence()
	return all
}
