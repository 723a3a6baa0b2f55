/* More functions than there is time to look at, each with a mistake of its own.
 * marks: 0 * */
#include "09_embedding.h"

int f1(void)
{
    return x1;
}
int f2(void)
{
    return x2;
}
int f3(void)
{
    return x3;
}
int f4(void)
{
    return x4;
}
int f5(void)
{
    return x5;
}
int f6(void)
{
    return x6;
}
int f7(void)
{
    return x7;
}
int f8(void)
{
    return x8;
}
int f9(void)
{
    return x9;
}
int f10(void)
{
    return x10;
}
int f11(void)
{
    return x11;
}
int f12(void)
{
    return x12;
}
int f13(void)
{
    return x13;
}
int f14(void)
{
    return x14;
}
int f15(void)
{
    return x15;
}
int f16(void)
{
    return x16;
}
int f17(void)
{
    return x17;
}
int f18(void)
{
    return x18;
}
int f19(void)
{
    return x19;
}
int f20(void)
{
    return x20;
}
int f21(void)
{
    return x21;
}
int f22(void)
{
    return x22;
}
int f23(void)
{
    return x23;
}
int f24(void)
{
    return x24;
}
int f25(void)
{
    return x25;
}
int f26(void)
{
    return x26;
}
int f27(void)
{
    return x27;
}
int f28(void)
{
    return x28;
}
int f29(void)
{
    return x29;
}
int f30(void)
{
    return x30;
}
int f31(void)
{
    return x31;
}
int f32(void)
{
    return x32;
}
int f33(void)
{
    return x33;
}
int f34(void)
{
    return x34;
}
int f35(void)
{
    return x35;
}
int f36(void)
{
    return x36;
}
int f37(void)
{
    return x37;
}
int f38(void)
{
    return x38;
}
int f39(void)
{
    return x39;
}
int f40(void)
{
    return x40;
}
int f41(void)
{
    return x41;
}
int f42(void)
{
    return x42;
}
int f43(void)
{
    return x43;
}
int f44(void)
{
    return x44;
}
int f45(void)
{
    return x45;
}
int f46(void)
{
    return x46;
}
int f47(void)
{
    return x47;
}
int f48(void)
{
    return x48;
}
int f49(void)
{
    return x49;
}
int f50(void)
{
    return x50;
}
int f51(void)
{
    return x51;
}
int f52(void)
{
    return x52;
}
int f53(void)
{
    return x53;
}
int f54(void)
{
    return x54;
}
int f55(void)
{
    return x55;
}
int f56(void)
{
    return x56;
}
int f57(void)
{
    return x57;
}
int f58(void)
{
    return x58;
}
int f59(void)
{
    return x59;
}
int f60(void)
{
    return x60;
}
int f61(void)
{
    return x61;
}
int f62(void)
{
    return x62;
}
int f63(void)
{
    return x63;
}
int f64(void)
{
    return x64;
}
int f65(void)
{
    return x65;
}
int f66(void)
{
    return x66;
}
int f67(void)
{
    return x67;
}
int f68(void)
{
    return x68;
}
int f69(void)
{
    return x69;
}
int f70(void)
{
    return x70;
}
int f71(void)
{
    return x71;
}
int f72(void)
{
    return x72;
}
int f73(void)
{
    return x73;
}
int f74(void)
{
    return x74;
}
int f75(void)
{
    return x75;
}
int f76(void)
{
    return x76;
}
int f77(void)
{
    return x77;
}
int f78(void)
{
    return x78;
}
int f79(void)
{
    return x79;
}
int f80(void)
{
    return x80;
}
int f81(void)
{
    return x81;
}
int f82(void)
{
    return x82;
}
int f83(void)
{
    return x83;
}
int f84(void)
{
    return x84;
}
int f85(void)
{
    return x85;
}
int f86(void)
{
    return x86;
}
int f87(void)
{
    return x87;
}
int f88(void)
{
    return x88;
}
int f89(void)
{
    return x89;
}
int f90(void)
{
    return x90;
}
int f91(void)
{
    return x91;
}
int f92(void)
{
    return x92;
}
int f93(void)
{
    return x93;
}
int f94(void)
{
    return x94;
}
int f95(void)
{
    return x95;
}
int f96(void)
{
    return x96;
}
int f97(void)
{
    return x97;
}
int f98(void)
{
    return x98;
}
int f99(void)
{
    return x99;
}
int f100(void)
{
    return x100;
}
int f101(void)
{
    return x101;
}
int f102(void)
{
    return x102;
}
int f103(void)
{
    return x103;
}
int f104(void)
{
    return x104;
}
int f105(void)
{
    return x105;
}
int f106(void)
{
    return x106;
}
int f107(void)
{
    return x107;
}
int f108(void)
{
    return x108;
}
int f109(void)
{
    return x109;
}
int f110(void)
{
    return x110;
}
int f111(void)
{
    return x111;
}
int f112(void)
{
    return x112;
}
int f113(void)
{
    return x113;
}
int f114(void)
{
    return x114;
}
int f115(void)
{
    return x115;
}
int f116(void)
{
    return x116;
}
int f117(void)
{
    return x117;
}
int f118(void)
{
    return x118;
}
int f119(void)
{
    return x119;
}
int f120(void)
{
    return x120;
}

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
}
