package charsets

// codeRun is a run of codes of a multi-byte character set, all with the same
// first bytes, and of characters.
type codeRun struct {
	first uint32
	count int
	char  rune
}

// runsOf lists the codes that mean another character to the servers than to
// package encoding, or that only the servers know: the areas for characters of
// one's own, and a few signs. Read from MySQL 9.7 and MariaDB 11.4, which agree,
// by converting every code to utf32.
func runsOf(charset string) []codeRun {
	switch charset {
	case "gb2312":
		return []codeRun{{0xa1a4, 1, 0x30fb}, {0xa1aa, 1, 0x2015}}
	case "gb18030":
		return gb18030Runs()
	case "big5":
		return big5Runs()
	case "sjis":
		return []codeRun{
			{0x815f, 1, '\\'},
			{0x8160, 1, 0x301c},
			{0x8161, 1, 0x2016},
			{0x817c, 1, 0x2212},
			{0x8191, 2, 0xa2},
			{0x81ca, 1, 0xac},
		}
	case "cp932":
		var runs []codeRun
		for i := range 10 {
			lead, char := uint32(0xf0+i)<<8, rune(0xe000+188*i)
			runs = append(runs, codeRun{lead | 0x40, 63, char}, codeRun{lead | 0x80, 125, char + 63})
		}
		return runs
	case "ujis":
		return append(eucRuns(),
			codeRun{0xa1c0, 1, '\\'}, codeRun{0xa1c1, 1, 0x301c}, codeRun{0xa1c2, 1, 0x2016}, codeRun{0xa1dd, 1, 0x2212},
			codeRun{0xa1f1, 2, 0xa2}, codeRun{0xa2cc, 1, 0xac}, codeRun{0x8fa2b7, 1, '~'})
	case "eucjpms":
		return eucjpmsRuns()
	default:
		return nil
	}
}

// eucRuns are the areas for characters of one's own in the sets of Unix.
func eucRuns() (runs []codeRun) {
	for i := range 10 {
		lead := uint32(0xf5+i)<<8 | 0xa1
		runs = append(runs, codeRun{lead, 94, rune(0xe000 + 94*i)}, codeRun{eucTriple<<16 | lead, 94, rune(0xe3ac + 94*i)})
	}
	return runs
}

func eucjpmsRuns() []codeRun {
	const extensions = "\u70bb\u4efc\u50f4\u51ec\u5307\u5324\ufa0e\u548a\u5759\ufa0f\ufa10\u589e\u5bec\u5cf5\u5d53\ufa11\u5fb7\u6085\u6120\u654e\u663b\u6665\ufa12\uf929\u6801\ufa13\ufa14\u6a6b\u6ae2\u6df8\u6df2\u7028\ufa15\ufa16\u7501\u7682\u769e\ufa17\u7930" +
		"\ufa18\ufa19\ufa1a\ufa1b\u7ae7\ufa1c\ufa1d\u7da0\u7dd6\ufa1e\u8362\ufa1f\u85b0\ufa20\ufa21\u8807\ufa22\u8b7f\u8cf4\u8d76\ufa23\ufa24\ufa25\u90de\ufa26\u9115\ufa27\ufa28\u9592\uf9dc\ufa29\u973b\u974d\u9751\ufa2a\ufa2b\ufa2c\u999e\u9ad9\u9b72\ufa2d\u9ed1"
	runs := append(eucRuns(),
		codeRun{0x8fa2c3, 1, 0xffe4}, codeRun{0x8ff3f3, 10, 0x2170}, codeRun{0x8ff3fd, 2, 0x2160}, codeRun{0x8ff4a1, 8, 0x2162},
		codeRun{0x8ff4a9, 1, 0xff07}, codeRun{0x8ff4aa, 1, 0xff02}, codeRun{0x8ff4ab, 1, 0x3231}, codeRun{0x8ff4ac, 1, 0x2116}, codeRun{0x8ff4ad, 1, 0x2121})
	code := uint32(0x8ff4ae)
	for _, char := range extensions {
		runs = append(runs, codeRun{code, 1, char})
		code++
	}
	return runs
}

func gb18030Runs() []codeRun { //nolint:funlen // a table
	return []codeRun{
		{0xa140, 63, 0xe4c6},
		{0xa180, 33, 0xe505},
		{0xa240, 63, 0xe526},
		{0xa280, 33, 0xe565},
		{0xa2ab, 6, 0xe766},
		{0xa2e4, 1, 0xe76d},
		{0xa2ef, 2, 0xe76e},
		{0xa2fd, 2, 0xe770},
		{0xa340, 63, 0xe586},
		{0xa380, 33, 0xe5c5},
		{0xa440, 63, 0xe5e6},
		{0xa480, 33, 0xe625},
		{0xa4f4, 11, 0xe772},
		{0xa540, 63, 0xe646},
		{0xa580, 33, 0xe685},
		{0xa5f7, 8, 0xe77d},
		{0xa640, 63, 0xe6a6},
		{0xa680, 33, 0xe6e5},
		{0xa6b9, 8, 0xe785},
		{0xa6d9, 7, 0xe78d},
		{0xa6ec, 2, 0xe794},
		{0xa6f3, 1, 0xe796},
		{0xa6f6, 9, 0xe797},
		{0xa740, 63, 0xe706},
		{0xa780, 33, 0xe745},
		{0xa7c2, 15, 0xe7a0},
		{0xa7f2, 13, 0xe7af},
		{0xa896, 11, 0xe7bc},
		{0xa8bc, 1, 0x1e3f},
		{0xa8c1, 4, 0xe7c9},
		{0xa8ea, 21, 0xe7cd},
		{0xa958, 1, 0xe7e2},
		{0xa95b, 1, 0xe7e3},
		{0xa95d, 3, 0xe7e4},
		{0xa997, 13, 0xe7f4},
		{0xa9f0, 15, 0xe801},
		{0xaaa1, 94, 0xe000},
		{0xaba1, 94, 0xe05e},
		{0xaca1, 94, 0xe0bc},
		{0xada1, 94, 0xe11a},
		{0xaea1, 94, 0xe178},
		{0xafa1, 94, 0xe1d6},
		{0xd7fa, 5, 0xe810},
		{0xf8a1, 94, 0xe234},
		{0xf9a1, 94, 0xe292},
		{0xfaa1, 94, 0xe2f0},
		{0xfba1, 94, 0xe34e},
		{0xfca1, 94, 0xe3ac},
		{0xfda1, 94, 0xe40a},
		{0xfe51, 3, 0xe816},
		{0xfe59, 1, 0xe81e},
		{0xfe61, 1, 0xe826},
		{0xfe66, 2, 0xe82b},
		{0xfe6c, 2, 0xe831},
		{0xfe76, 1, 0xe83b},
		{0xfe7e, 1, 0xe843},
		{0xfe90, 2, 0xe854},
		{0xfea0, 1, 0xe864},
		{0xfea1, 94, 0xe468},
	}
}

func big5Runs() []codeRun {
	return []codeRun{
		{0xa145, 1, 0x2022},
		{0xa14e, 1, 0xff64},
		{0xa1c2, 1, 0x203e},
		{0xa1e3, 1, 0x223c},
		{0xa1f2, 1, 0x2641},
		{0xa1f3, 1, 0x2609},
		{0xa241, 1, 0xff0f},
		{0xa242, 1, 0xff3c},
		{0xa244, 1, 0xa5},
		{0xa246, 2, 0xa2},
		{0xc6a1, 1, 0x30fe},
		{0xc6a2, 2, 0x309d},
		{0xc6a4, 1, 0x3005},
		{0xc6a5, 83, 0x3041},
		{0xc6f8, 7, 0x30a1},
		{0xc740, 63, 0x30a8},
		{0xc7a1, 16, 0x30e7},
		{0xc7b1, 2, 0x414},
		{0xc7b3, 1, 0x401},
		{0xc7b4, 7, 0x416},
		{0xc7bb, 19, 0x423},
		{0xc7ce, 1, 0x451},
		{0xc7cf, 26, 0x436},
		{0xc7e9, 10, 0x2460},
		{0xc7f3, 10, 0x2474},
	}
}
