# The embedded default from nothing: encoders, embeddings, teachers, students, bundles, figures, card. `make default-model`.
#
# A step that has ended leaves a stamp in RUNS/steps and a line in RUNS/times.txt; one that was interrupted goes on from
# its last checkpoint, or its last shard of labels. What a step is made from decides whether it is made again, as ever
# with make. On two cores leave it to run overnight.

RUNS ?= runs
TEACHER_SEEDS ?= 13
# The first is the one that ships; the others tell how much of a figure is chance.
STUDENT_SEEDS ?= 13 29 47
TEACHER_RECIPE ?= recipes/teacher.toml
STUDENT_RECIPE ?= recipes/default.toml
# What must be in the cache, apart from what recipes give as a path.
CHAIN_ENCODERS ?= mpnet minilm
# One passage a line: embeddings and students learn from it.
TEXT ?= $(BIOWEAVE_CORPORA)/abstracts.txt.xz
FAILURE_CORPORA ?= ncbi-disease bc5cdr
# Corpora and splits whose concepts the bundle learns; and the lexicon that it learns to weigh.
LINKED_CORPORA ?= ncbi-disease:train+dev bc5cdr:train+dev linnaeus:train
REFERENCE_LINES ?= 40000
LEXICON_RECIPE ?= recipes/lexicons/terminologies.toml
DEFAULT_BUNDLE ?= src/bioweave/bundles/default
DEFAULT_CARD ?= docs/models/default.md

BIOWEAVE ?= $(BIN)/bioweave
STEPS := $(RUNS)/steps
FIGURES := $(RUNS)/figures
LEAD_SEED := $(firstword $(STUDENT_SEEDS))
TEACHERS := $(TEACHER_SEEDS:%=$(RUNS)/teacher-%)
LINKED_NAMES := $(foreach one,$(LINKED_CORPORA),$(firstword $(subst :, ,$(one))))

# $(call timed,command): the command, what it took, and the stamp. A command that fails leaves neither.
define timed
@mkdir -p $(STEPS) $(FIGURES)
@echo "== $(notdir $@)"; started=$$(date +%s); $(1) && \
    echo "$(notdir $@): $$(( $$(date +%s) - started )) s" | tee -a $(RUNS)/times.txt && touch $@
endef

.PHONY: default-model
.NOTPARALLEL:
.DELETE_ON_ERROR:
# Stamps of seeds are made by patterns, and make would else take them for scratch.
.SECONDARY:

default-model: $(VENV)/.all $(STEPS)/card ## make the embedded default anew: resumable, long
	@echo "== all steps so far"; cat $(RUNS)/times.txt

$(TEXT):
	@echo "$(TEXT): not there. Set BIOWEAVE_CORPORA to the folder of corpora, or TEXT to a text file,"
	@echo "one passage a line, that holds nothing of a dev or test split."; exit 1

$(STEPS)/encoders:
	$(call timed,$(if $(CHAIN_ENCODERS),$(BIOWEAVE) encoders fetch $(CHAIN_ENCODERS),true))

$(STEPS)/vectors: $(TEXT)
	$(call timed,$(BIN)/python -m bioweave.training.vectors $(TEXT) $(RUNS)/vectors.bin)

$(STEPS)/teacher-%: $(TEACHER_RECIPE) $(STEPS)/encoders $(STEPS)/vectors
	$(call timed,$(BIOWEAVE) train $(TEACHER_RECIPE) -o $(RUNS)/teacher-$* --resume \
	    --set seed=$* --set vectors.path=$(RUNS)/vectors.bin)

# The first student has its teachers label text and corpora; the others find the labels.
$(STEPS)/student-%: $(STUDENT_RECIPE) $(TEACHER_SEEDS:%=$(STEPS)/teacher-%)
	$(call timed,$(BIOWEAVE) distil $(STUDENT_RECIPE) -o $(RUNS)/student-$* --resume --text $(TEXT) \
	    $(TEACHERS:%=--teacher %) --set seed=$* --set distillation.labels=$(RUNS)/labels)

$(STEPS)/bundle-%: $(STEPS)/student-%
	$(call timed,$(BIOWEAVE) export $(RUNS)/student-$* -o $(RUNS)/bundle-$*)

$(STEPS)/lexicon: $(LEXICON_RECIPE)
	$(call timed,$(BIOWEAVE) lexicon build $(LEXICON_RECIPE) -o $(RUNS)/terminologies.lexicon)

$(STEPS)/linker: $(STEPS)/bundle-$(LEAD_SEED) $(STEPS)/lexicon $(STEPS)/vectors
	$(call timed,$(BIOWEAVE) train-linker $(RUNS)/bundle-$(LEAD_SEED) $(LINKED_CORPORA:%=--corpus %) \
	    --lexicon $(RUNS)/terminologies.lexicon --vectors $(RUNS)/vectors.bin)

# What text is like whose drift the service is to notice: abstracts, the first of the file, which come from PubMed.
$(STEPS)/reference: $(STEPS)/linker $(TEXT)
	$(call timed,xz -dcf $(TEXT) | head -n $(REFERENCE_LINES) > $(RUNS)/reference.txt && \
	    $(BIOWEAVE) reference $(RUNS)/bundle-$(LEAD_SEED) --text $(RUNS)/reference.txt --documents 1000)

$(STEPS)/links-%: $(STEPS)/linker
	$(call timed,$(BIOWEAVE) evaluate $(RUNS)/bundle-$(LEAD_SEED) --corpus $* --link --json \
	    > $(FIGURES)/links-$*.json && \
	    $(BIOWEAVE) evaluate $(RUNS)/bundle-$(LEAD_SEED) --corpus $* --link --json \
	    --lexicon $(RUNS)/terminologies.lexicon > $(FIGURES)/links-lexicon-$*.json)

$(STEPS)/fp32: $(STEPS)/student-$(LEAD_SEED)
	$(call timed,$(BIOWEAVE) export $(RUNS)/student-$(LEAD_SEED) -o $(RUNS)/fp32 --fp32)

$(STEPS)/figures-%: $(STEPS)/bundle-%
	$(call timed,$(BIOWEAVE) evaluate $(RUNS)/bundle-$* --all --json > $(FIGURES)/int8-$*.json)

$(STEPS)/figures-fp32: $(STEPS)/fp32
	$(call timed,$(BIOWEAVE) evaluate $(RUNS)/fp32 --all --json > $(FIGURES)/fp32.json)

$(STEPS)/errors-%: $(STEPS)/bundle-$(LEAD_SEED)
	$(call timed,$(BIOWEAVE) errors $(RUNS)/bundle-$(LEAD_SEED) --corpus $* --split test --json \
	    > $(FIGURES)/errors-$*.json)

$(STEPS)/benchmark: $(STEPS)/bundle-$(LEAD_SEED)
	$(call timed,$(BIOWEAVE) benchmark --model $(RUNS)/bundle-$(LEAD_SEED) --baseline --json \
	    > $(FIGURES)/benchmark.json)

# The package gets its bundle last, with every figure in it.
$(STEPS)/card: $(STUDENT_SEEDS:%=$(STEPS)/figures-%) $(STEPS)/figures-fp32 \
    $(FAILURE_CORPORA:%=$(STEPS)/errors-%) $(LINKED_NAMES:%=$(STEPS)/links-%) $(STEPS)/benchmark \
    $(STEPS)/reference
	@mkdir -p $(dir $(DEFAULT_CARD)) $(dir $(DEFAULT_BUNDLE))
	@rm -rf $(DEFAULT_BUNDLE) && cp -R $(RUNS)/bundle-$(LEAD_SEED) $(DEFAULT_BUNDLE)
	$(call timed,$(BIOWEAVE) card $(DEFAULT_BUNDLE) --in-bundle -o $(DEFAULT_CARD) \
	    --figures $(FIGURES)/int8-$(LEAD_SEED).json --figures $(FIGURES)/benchmark.json \
	    $(FAILURE_CORPORA:%=--figures $(FIGURES)/errors-%.json) \
	    $(LINKED_NAMES:%=--figures $(FIGURES)/links-%.json) \
	    $(LINKED_NAMES:%=--figures $(FIGURES)/links-lexicon-%.json) \
	    --fp32 $(FIGURES)/fp32.json $(STUDENT_SEEDS:%=--seed $(FIGURES)/int8-%.json))
