#include "textflag.h"

// func addRows(out, a, b, c, d *float32, n int, va, vb, vc, vd float32)
TEXT ·addRows(SB), NOSPLIT, $0-64
	MOVQ   out+0(FP), DI
	MOVQ   a+8(FP), R8
	MOVQ   b+16(FP), R9
	MOVQ   c+24(FP), R10
	MOVQ   d+32(FP), R11
	MOVQ   n+40(FP), CX
	MOVSS  va+48(FP), X4
	SHUFPS $0, X4, X4
	MOVSS  vb+52(FP), X5
	SHUFPS $0, X5, X5
	MOVSS  vc+56(FP), X6
	SHUFPS $0, X6, X6
	MOVSS  vd+60(FP), X7
	SHUFPS $0, X7, X7
	XORQ   AX, AX

four:
	CMPQ   CX, $4
	JLT    one
	MOVUPS (R8)(AX*4), X0
	MOVUPS (R9)(AX*4), X1
	MOVUPS (R10)(AX*4), X2
	MOVUPS (R11)(AX*4), X3
	MULPS  X4, X0
	MULPS  X5, X1
	MULPS  X6, X2
	MULPS  X7, X3
	ADDPS  X1, X0
	ADDPS  X3, X2
	ADDPS  X2, X0
	MOVUPS (DI)(AX*4), X8
	ADDPS  X0, X8
	MOVUPS X8, (DI)(AX*4)
	ADDQ   $4, AX
	SUBQ   $4, CX
	JMP    four

one:
	CMPQ  CX, $0
	JEQ   done
	MOVSS (R8)(AX*4), X0
	MOVSS (R9)(AX*4), X1
	MOVSS (R10)(AX*4), X2
	MOVSS (R11)(AX*4), X3
	MULSS X4, X0
	MULSS X5, X1
	MULSS X6, X2
	MULSS X7, X3
	ADDSS X1, X0
	ADDSS X3, X2
	ADDSS X2, X0
	MOVSS (DI)(AX*4), X8
	ADDSS X0, X8
	MOVSS X8, (DI)(AX*4)
	INCQ  AX
	DECQ  CX
	JMP   one

done:
	RET

// func dotRows(a, b *float32, n int) float32
// n is a multiple of 8.
TEXT ·dotRows(SB), NOSPLIT, $0-28
	MOVQ  a+0(FP), SI
	MOVQ  b+8(FP), DI
	MOVQ  n+16(FP), CX
	XORPS X0, X0
	XORPS X1, X1
	XORQ  AX, AX

eight:
	CMPQ    CX, $8
	JLT     sum
	MOVUPS  (SI)(AX*4), X2
	MOVUPS  16(SI)(AX*4), X3
	MOVUPS  (DI)(AX*4), X4
	MOVUPS  16(DI)(AX*4), X5
	MULPS   X4, X2
	MULPS   X5, X3
	ADDPS   X2, X0
	ADDPS   X3, X1
	ADDQ    $8, AX
	SUBQ    $8, CX
	JMP     eight

sum:
	ADDPS   X1, X0
	MOVHLPS X0, X1
	ADDPS   X1, X0
	MOVAPS  X0, X1
	SHUFPS  $1, X1, X1
	ADDSS   X1, X0
	MOVSS   X0, ret+24(FP)
	RET

// func addRow(out, a *float32, n int, v float32)
// n is a multiple of 4.
TEXT ·addRow(SB), NOSPLIT, $0-28
	MOVQ   out+0(FP), DI
	MOVQ   a+8(FP), SI
	MOVQ   n+16(FP), CX
	MOVSS  v+24(FP), X4
	SHUFPS $0, X4, X4
	XORQ   AX, AX

next:
	CMPQ   CX, $4
	JLT    end
	MOVUPS (SI)(AX*4), X0
	MULPS  X4, X0
	MOVUPS (DI)(AX*4), X1
	ADDPS  X0, X1
	MOVUPS X1, (DI)(AX*4)
	ADDQ   $4, AX
	SUBQ   $4, CX
	JMP    next

end:
	RET
