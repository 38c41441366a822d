#include "textflag.h"

// func dotBlocks(a, b *int8, blocks int) int32
TEXT ·dotBlocks(SB), NOSPLIT, $0-28
	MOVQ a+0(FP), SI
	MOVQ b+8(FP), DI
	MOVQ blocks+16(FP), CX
	PXOR X0, X0 // four sums
	PXOR X7, X7 // zero

block:
	TESTQ     CX, CX
	JEQ       done
	MOVOU     (SI), X1
	MOVOU     (DI), X2
	MOVO      X7, X3
	MOVO      X7, X4
	PCMPGTB   X1, X3 // all ones where a is negative: the upper byte of its 16 bits
	PCMPGTB   X2, X4
	MOVO      X1, X5
	MOVO      X2, X6
	PUNPCKLBW X3, X1
	PUNPCKHBW X3, X5
	PUNPCKLBW X4, X2
	PUNPCKHBW X4, X6
	PMADDWL   X2, X1
	PMADDWL   X6, X5
	PADDL     X1, X0
	PADDL     X5, X0
	ADDQ      $16, SI
	ADDQ      $16, DI
	DECQ      CX
	JMP       block

done:
	PSHUFD $0x4E, X0, X1
	PADDL  X1, X0
	PSHUFD $0xB1, X0, X1
	PADDL  X1, X0
	MOVQ   X0, AX
	MOVL   AX, ret+24(FP)
	RET
