"""The recipes of the other members to the letter: optimizers, activations, networks, extras."""

from __future__ import annotations

from typing import Any

import pytest

from test_sheet import formula, formula_text
from xlsgd.errors import UsageError
from xlsgd.sheet import tell
from xlsgd.sheet.layout import GROUP_ROW
from xlsgd.sheet.summary import elementwise
from xlsgd.variants import (
    Adagrad,
    AdagradEpoch,
    Adam,
    Adamw,
    Anneal,
    Central,
    ClipNorm,
    ClipValue,
    Cosine,
    EveGraddesc,
    Forward,
    Gelu,
    Iris,
    LeakyRelu,
    Linear,
    Linear2,
    Mlp,
    Nesterov,
    Polyak,
    Quartic,
    Relu2,
    Rmsprop,
    RmspropGraddesc,
    Sigmoid,
    Softplus,
    StepDecay,
    Tanh,
    Variant,
)

ADAM = "m_a/(1-power1)*$lr/(SQRT(v_a/(1-power2))+$epsilon)"


@pytest.mark.parametrize(
    ("optimizer", "expected"),
    [
        (Polyak(), {"m_a": "(old m_a*$beta+da)", "new_a": "(a-m_a*$lr)"}),
        (Nesterov(), {"m_a": "(old m_a*$beta+da)", "new_a": "(a-(da+m_a*$beta)*$lr)"}),
        (Adagrad(), {"v_a": "(old v_a+da^2)", "new_a": "(a-da*$lr/(SQRT(v_a)+$epsilon))"}),
        (AdagradEpoch(), {"s_a": "old s_a", "new_a": "(a-da*($lr/s_a))"}),
        (Rmsprop(), {"v_a": "(old v_a*$alpha+$one_minus_alpha*da^2)", "new_a": "(a-da*$lr/(SQRT(v_a)+$epsilon))"}),
        (RmspropGraddesc(), {"v_a": "(old v_a*$beta+$one_minus_beta*da^2)", "new_a": "(a-da*$lr/SQRT(old v_a))"}),
        (Adam(), {"power1": "old power1*$beta1", "new_a": f"(a-{ADAM})"}),
        (Adamw(), {"power2": "old power2*$beta2", "new_a": f"(a*(1-$lr*$decay)-{ADAM})"}),
        (EveGraddesc(), {"ratio": "ABS(loss1-loss2)/MIN(loss1,loss2)", "new_a": "(a-m_a*$lr/SQRT(v_a)/div)"}),
    ],
    ids=lambda case: case.name if hasattr(case, "name") else "",
)
def test_optimizers(optimizer: Any, expected: dict[str, str]) -> None:
    told = tell(Variant(Linear(), optimizer=optimizer))
    assert {key: formula(told, key) for key in expected} == expected


def test_what_goes_by_epochs_looks_at_the_rows_of_the_epoch_before() -> None:
    told = tell(Variant(Linear(), optimizer=AdagradEpoch(), epochs=2))
    first, col = told.rows[0] + 29, told.columns["s_a"]
    assert formula_text(told.sheet, (first, col)) == "SQRT(SUMSQ(I11:I39))/COUNT(I11:I39)"
    assert told.columns["da"] == 9
    told = tell(Variant(Linear(), optimizer=EveGraddesc(), epochs=2))
    assert formula_text(told.sheet, (first, told.columns["loss1"])) == "SQRT(SUM(H11:H39))"
    assert formula(told, "loss2", 30) == "old loss1"
    assert formula(told, "div", 30) == formula(told, "div", 1) == "(old div*$beta3+$one_minus_beta3*ratio)"
    assert formula(told, "div", 31) == "old div"


@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        (LeakyRelu(), {"hidden": "IF(pre>0,pre,$leak*pre)", "act_slope": "IF(pre>0,1,$leak)"}),
        (Sigmoid(), {"hidden": "1/(1+EXP(-pre))", "act_slope": "hidden*(1-hidden)", "db": "dd*c*act_slope"}),
        (Tanh(), {"hidden": "TANH(pre)", "act_slope": "(1-hidden^2)"}),
        (Softplus(), {"hidden": "LN(1+EXP(pre))", "act_slope": "1/(1+EXP(-pre))"}),
        (Gelu(), {"inner": "TANH($gelu_k*(pre+0.044715*pre*pre*pre))", "hidden": "0.5*pre*(1+inner)"}),
    ],
    ids=lambda case: case.name if hasattr(case, "name") else "",
)
def test_activations(activation: Any, expected: dict[str, str]) -> None:
    told = tell(Variant(Relu2(activation)))
    assert {key: formula(told, key) for key in expected} == expected


def test_a_network() -> None:
    told = tell(Variant(Mlp((4, 2, 3)), data=Iris(6)))
    expected = {
        "z1_2": "(w1_21*x1+w1_22*x2+w1_23*x3+w1_24*x4+b1_2)",
        "h1_1": "MAX(z1_1,0)",
        "z2_3": "(w2_31*h1_1+w2_32*h1_2+b2_3)",
        "exp_2": "EXP(z2_2)",
        "exp_sum": "(exp_1+exp_2+exp_3)",
        "p_1": "exp_1/exp_sum",
        "error": "((p_1-y1)^2+(p_2-y2)^2+(p_3-y3)^2)",
        "hit": "IF(MAX(p_1:p_3)-(p_1*y1+p_2*y2+p_3*y3)>0,0,1)",
        "rp": "(r_1*p_1+r_2*p_2+r_3*p_3)",
        "dz2_1": "2*p_1*(r_1-rp)",
        "dh1_2": "(dz2_1*w2_12+dz2_2*w2_22+dz2_3*w2_32)",
        "dz1_2": "IF(z1_2>0,dh1_2,0)",
        "dw1_23": "dz1_2*x3",
        "db1_2": "dz1_2*1",
        "dw2_32": "dz2_3*h1_2",
    }
    assert {key: formula(told, key) for key in expected} == expected


def test_cross_entropy_and_deeper_networks() -> None:
    told = tell(Variant(Mlp((4, 2, 2, 3), Tanh(), "cross-entropy"), data=Iris(6)))
    assert formula(told, "error") == "-LN(p_1*y1+p_2*y2+p_3*y3)"
    assert formula(told, "dz3_2") == "(p_2-y2)"
    assert formula(told, "dz1_1") == "dh1_1*s1_1"
    assert formula(told, "dh1_1") == "(dz2_1*w2_11+dz2_2*w2_21)"


def test_a_moved_error_of_a_network_is_written_out_as_far_as_it_changes() -> None:
    told = tell(Variant(Mlp((4, 2, 3)), Forward(), data=Iris(6)))
    text = formula(told, "error_w2_32")
    assert "(w2_32+$h)*h1_2" in text
    assert "z2_1" not in text
    assert "exp_1" in text
    with pytest.raises(UsageError, match="too long for a formula"):
        tell(Variant(Mlp((4, 9, 9, 3), Gelu()), Forward(), data=Iris(6)))


def test_central_differences_and_quartic() -> None:
    told = tell(Variant(Quartic(), Central()))
    assert formula(told, "error") == "x*x*x*x"
    assert formula(told, "error_minus_x") == "(x-$h)*(x-$h)*(x-$h)*(x-$h)"
    assert formula(told, "dx") == "(error_x-error_minus_x)/(2*$h)"
    assert formula(tell(Variant(Quartic())), "dx") == "4*x*x*x"


def test_the_line_that_two_neurons_amount_to() -> None:
    told = tell(Variant(Linear2()))
    assert (formula(told, "slope"), formula(told, "intercept")) == ("a*c", "(c*b+d)")


def test_batches_change_the_weights_on_their_last_row_alone() -> None:
    told = tell(Variant(Linear(), optimizer=Polyak(), batch=8))
    assert formula(told, "in_batch") == "(MOD(row-1,$batch)+1)"
    assert formula(told, "updates") == "IF(OR(in_batch=$batch,row=29),1,0)"
    assert formula(told, "sum_a") == "IF(in_batch=1,da,old sum_a+da)"
    assert formula(told, "mean_a") == "sum_a/in_batch"
    assert formula(told, "m_a") == "IF(updates=1,old m_a*$beta+mean_a,old m_a)"
    assert formula(told, "new_a") == "IF(updates=1,a-m_a*$lr,a)"


def test_clipping_and_weight_decay_act_before_the_optimizer() -> None:
    told = tell(Variant(Linear(), clip=ClipNorm(5.0), weight_decay=0.1))
    assert formula(told, "norm") == "SQRT(SUMSQ(da:db))"
    assert formula(told, "scale") == "IF(norm=0,1,MIN($limit/norm,1))"
    assert formula(told, "decayed_b") == "(clipped_b+b*$weight_decay)"
    assert formula(told, "new_b") == "(b-decayed_b*$lr)"
    assert formula(tell(Variant(Linear(), clip=ClipValue(5.0))), "clipped_a") == "MAX(MIN(da,$limit),-$limit)"


def test_schedules_give_each_row_its_rate() -> None:
    told = tell(Variant(Linear(), schedule=StepDecay(2, 0.5), epochs=3))
    assert [formula(told, "rate", step) for step in (1, 2)] == ["$lr", "old rate"]
    assert formula(told, "rate", 30) == "IF(MOD(epoch-1,$every)=0,old rate*$factor,old rate)"
    assert formula(told, "new_a") == "(a-da*rate)"
    assert formula(tell(Variant(Linear(), schedule=Cosine())), "rate") == "$lr*(1+COS(PI()*(step-1)/$total_rows))/2"
    told = tell(Variant(Linear(), schedule=Anneal(), epochs=2))
    grown = "IF(AND(old measure>0,measure>$growth*old measure),old rate*$shrink,old rate)"
    assert formula(told, "rate", 30) == grown


def test_shuffled_data_are_looked_up_in_the_first_epoch() -> None:
    told = tell(Variant(Linear(), shuffle=1, epochs=2))
    cell = (told.rows[0] + 29, told.columns["x"])
    assert formula_text(told.sheet, cell) == "INDEX($D$11:$D$39,MATCH(C40,$C$11:$C$39,0))"


def test_a_relu_over_a_range() -> None:
    assert elementwise("C1*MAX(A1*B1:B9+2,0)+1") == "C1*IF(A1*B1:B9+2>0,A1*B1:B9+2,0)+1"


@pytest.mark.parametrize(
    "variant",
    [
        Variant(Mlp(), data=Iris(6), batch=2, clip=ClipNorm(1.0), weight_decay=0.1, schedule=Anneal(), shuffle=1),
        Variant(Quartic(), Central(), EveGraddesc()),
        Variant(Relu2(Gelu()), Central(), Adamw(), batch=4),
    ],
    ids=lambda variant: variant.name,
)
def test_headers_and_titles_fit_their_columns(variant: Variant) -> None:
    told = tell(variant)
    widths = told.sheet.look.widths if told.sheet.look else {}
    titles = sorted((col, str(text)) for (row, col), text in told.sheet.constants.items() if row == GROUP_ROW)
    ends = [col for col, _ in titles[1:]] + [max(told.columns.values()) + 1]
    for (col, text), end in zip(titles, ends, strict=True):
        assert len(text) <= sum(widths[one] for one in range(col, end)) + 1, text
    for key in told.columns:
        row, col = told.title_of(key)
        assert len(str(told.sheet.constants[row, col])) <= widths[col], key
