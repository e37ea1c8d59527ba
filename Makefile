# An index: every line is one verb of `cargo xtask`, where the logic is.
.PHONY: demo test check tidy test-pg sim week bench nodes contract story gen

demo:     ; cargo xtask demo $(ARGS)
test:     ; cargo xtask test $(ARGS)
check:    ; cargo xtask check
tidy:     ; cargo xtask tidy
test-pg:  ; cargo xtask test-pg
week:     ; cargo xtask week $(if $(BOOKS),--books $(BOOKS))
sim:      ; cargo xtask sim $(if $(SEED),--seed $(SEED)) $(if $(SEEDS),--seeds $(SEEDS))
bench:    ; cargo xtask bench $(ARGS)
nodes:    ; cargo xtask bench three-nodes $(ARGS)
contract: ; cargo xtask contract
story:    ; cargo xtask story $(NAME)
gen:      ; cargo xtask gen
