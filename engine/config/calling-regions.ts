/**
 * Which E.164 prefixes are a country's, for calling plans. Calling codes are those that ITU-T E.164 assigns (the ITU's
 * list of calling codes); areas of calling code 1 those that the North American Numbering Plan lists.
 */
import { canadianAreas, caribbeanAreas, sharedAreas, unitedStatesAreas } from './north-america.ts'

/** ISO 3166-1 alpha-2 and calling code, for countries that share theirs with nobody or with parts of their own. */
const callingCodes: ReadonlyMap<string, string> = new Map(
  (
    'AC:247 AD:376 AE:971 AF:93 AL:355 AM:374 AO:244 AR:54 AT:43 AU:61 AW:297 AZ:994 BA:387 BD:880 BE:32 BF:226 BG:359 ' +
    'BH:973 BI:257 BJ:229 BN:673 BO:591 BR:55 BT:975 BW:267 BY:375 BZ:501 CD:243 CF:236 CG:242 CH:41 CI:225 CK:682 ' +
    'CL:56 CM:237 CN:86 CO:57 CR:506 CU:53 CV:238 CY:357 CZ:420 DE:49 DJ:253 DK:45 DZ:213 EC:593 EE:372 EG:20 ER:291 ' +
    'ES:34 ET:251 FI:358 FJ:679 FK:500 FM:691 FO:298 FR:33 GA:241 GB:44 GE:995 GF:594 GH:233 GI:350 GL:299 GM:220 ' +
    'GN:224 GP:590 GQ:240 GR:30 GT:502 GW:245 GY:592 HK:852 HN:504 HR:385 HT:509 HU:36 ID:62 IE:353 IL:972 IN:91 ' +
    'IO:246 IQ:964 IR:98 IS:354 IT:39 JO:962 JP:81 KE:254 KG:996 KH:855 KI:686 KM:269 KP:850 KR:82 KW:965 LA:856 ' +
    'LB:961 LI:423 LK:94 LR:231 LS:266 LT:370 LU:352 LV:371 LY:218 MA:212 MC:377 MD:373 ME:382 MG:261 MH:692 MK:389 ' +
    'ML:223 MM:95 MN:976 MO:853 MQ:596 MR:222 MT:356 MU:230 MV:960 MW:265 MX:52 MY:60 MZ:258 NA:264 NC:687 NE:227 ' +
    'NF:672 NG:234 NI:505 NL:31 NO:47 NP:977 NR:674 NU:683 NZ:64 OM:968 PA:507 PE:51 PF:689 PG:675 PH:63 PK:92 PL:48 ' +
    'PM:508 PS:970 PT:351 PW:680 PY:595 QA:974 RE:262 RO:40 RS:381 RW:250 SA:966 SB:677 SC:248 SD:249 SE:46 SG:65 ' +
    'SH:290 SI:386 SK:421 SL:232 SM:378 SN:221 SO:252 SR:597 SS:211 ST:239 SV:503 SY:963 SZ:268 TD:235 TG:228 TH:66 ' +
    'TJ:992 TK:690 TL:670 TM:993 TN:216 TO:676 TR:90 TV:688 TW:886 TZ:255 UA:380 UG:256 UY:598 UZ:998 VE:58 VN:84 ' +
    'VU:678 WF:681 WS:685 XK:383 YE:967 ZA:27 ZM:260 ZW:263'
  )
    .split(' ')
    .map((pair) => pair.split(':') as [string, string]),
)

/** Countries that have only some of the numbers of a calling code: digits after `+`. */
const sharedCodes: Readonly<Record<string, readonly string[]>> = {
  US: [...unitedStatesAreas, ...sharedAreas].map((area) => `1${area}`),
  CA: [...canadianAreas, ...sharedAreas].map((area) => `1${area}`),
  ...Object.fromEntries(
    Object.entries(caribbeanAreas).map(([country, areas]) => [country, areas.map((area) => `1${area}`)]),
  ),
  // Territories of the USA, by themselves too.
  PR: ['1787', '1939'],
  VI: ['1340'],
  GU: ['1671'],
  AS: ['1684'],
  MP: ['1670'],
  KZ: ['76', '77'],
  RU: ['73', '74', '78', '79'],
  VA: ['3906698'],
  CW: ['5999'],
  BQ: ['5993', '5994', '5997'],
}

/** Beginnings of a country's numbers with `+`; empty for a country that is not known. */
export function regionsOfCountry(country: string): readonly string[] {
  const shared = sharedCodes[country]
  if (shared !== undefined) return shared.map((digits) => `+${digits}`)
  const code = callingCodes.get(country)
  return code === undefined ? [] : [`+${code}`]
}
